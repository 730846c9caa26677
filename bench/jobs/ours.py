"""s3cache's queue: ours.py drain N | latency PROGRAM COUNT | enqueue SECONDS | held SECONDS | backlog ROWS"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import psycopg

from measure import latencies, tell, tell_latencies, timed

NO_OP = "select count(s3cache.presign(array['n' || g])) from generate_series(1, %s) g"
ON_OBJECTS = "select count(s3cache.delete_object('n' || g)) from generate_series(1, %s) g"


def register(connection):
    return connection.execute("select s3cache.register_worker('bench', 'h', 1, s3cache.version(), '1 hour', '{}')").fetchone()[0]


def drain(connection, worker, batch, limit=None):
    """Claims and completes, a batch in two statements, until nothing is left; gives how many."""
    done = 0
    while limit is None or done < limit:
        jobs = connection.execute(
            "select id, token from s3cache.claim_jobs(%s, %s, false)", [worker, batch], prepare=True).fetchall()
        if not jobs:
            break
        connection.execute(
            "select s3cache.complete_jobs(%s::bigint[], %s::bigint[], %s::jsonb[])",
            [[job[0] for job in jobs], [job[1] for job in jobs], ["{}"] * len(jobs)], prepare=True)
        done += len(jobs)
    return done


def bench_drain(count):
    def work(ready):
        with psycopg.connect(autocommit=True) as connection:
            worker = register(connection)
            ready()
            drain(connection, worker, batch)

    for title, query in (("jobs/s", NO_OP), ("jobs/s on objects", ON_OBJECTS)):
        for workers, batch in ((1, 1), (1, 10), (1, 100), (1, 1000), (2, 100), (2, 1000)):
            wanted = min(count, 200 * batch + 1000)
            with psycopg.connect(autocommit=True) as connection:
                connection.execute(query, [wanted])
                connection.execute("analyze s3cache.job")
                seconds = timed(workers, work)
                left = connection.execute("select count(*) from s3cache.job").fetchone()[0]
            tell("s3cache", f"{title}, batch {batch}" + (f", {workers} workers" if workers > 1 else ""),
                round((wanted - left) / seconds), f"{left} left" if left else "")


def bench_latency(program, count):
    with tempfile.TemporaryDirectory() as store:
        with open(os.path.join(store, "a.jpg"), "wb") as file:
            file.write(b"x")
        with subprocess.Popen(
            [program, "worker", "--log-level", "error"], env=os.environ | {"S3CACHE_DIRECTORY": store}) as worker:
            time.sleep(2)
            query = "select 1 from s3cache.job_history where id = %s"
            for title, call in (("", "select s3cache.read('a.jpg')"), (", delete_object", "select s3cache.delete_object('b.jpg')")):
                samples = latencies(lambda client: client.execute(call).fetchone()[0], query, count)
                tell_latencies("s3cache" + title, samples)
            worker.terminate()


def claim_times(connection, worker, count):
    """Milliseconds of claims of one job, each of which is completed."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        jobs = connection.execute("select id, token from s3cache.claim_jobs(%s, 1, false)", [worker], prepare=True).fetchall()
        times.append((time.perf_counter() - begin) * 1000)
        for job, token in jobs:
            connection.execute("select s3cache.complete_jobs(array[%s::bigint], array[%s::bigint], array['{}'::jsonb])", [job, token])
    return times


def bench_backlog(rows):
    with psycopg.connect(autocommit=True) as connection:
        worker = register(connection)
        empty = statistics.median(claim_times(connection, worker, 300))
        connection.execute(NO_OP, [300])
        few = statistics.median(claim_times(connection, worker, 300))
        connection.execute("alter table s3cache.job set (autovacuum_enabled = off)")
        connection.execute(
            "insert into s3cache.job (kind, cache_id, args, priority, owner)"
            " select 'presign', 1, '{\"filenames\": [\"a\"]}', 5, 'postgres' from generate_series(1, %s)", [rows])
        connection.execute("alter table s3cache.job reset (autovacuum_enabled)")
        connection.execute("vacuum analyze s3cache.job")
        many = statistics.median(claim_times(connection, worker, 300))
        tell("s3cache", "claim ms, empty queue", round(empty, 3))
        tell("s3cache", "claim ms, one job at a time of 300", round(few, 3))
        tell("s3cache", f"claim ms, {rows:,} queued", round(many, 3), f"{many / empty:.2f} times an empty queue, {many / few:.2f} times 300 jobs")
        connection.execute("truncate s3cache.job")


def bench_enqueue(seconds):
    """Commits of one job each by 32 clients: no worker parked, nobody ever notified, and a worker that is always parked."""
    rates = {"gated": [], "off": [], "always": []}
    with psycopg.connect(autocommit=True) as connection, tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("\\set n random(1, 1000000000)\nselect s3cache.delete_object('n' || :n);\n")
        script.flush()
        worker = register(connection)
        body = connection.execute("select pg_get_functiondef('s3cache.wake_workers()'::regprocedure)").fetchone()[0]
        for variant in ["gated", "off", "always"] * 3:
            connection.execute("truncate s3cache.job")
            connection.execute("update s3cache.worker set parked = %s, heartbeat_at = clock_timestamp() where id = %s", [variant == "always", worker])
            if variant == "off":
                connection.execute("create or replace function s3cache.wake_workers() returns void language plpgsql as 'begin end'")
            connection.execute("checkpoint")
            said = subprocess.run(
                ["pgbench", "-n", "-c", "32", "-j", "2", "-T", str(seconds), "-f", script.name],
                check=True, capture_output=True, text=True).stdout
            rates[variant].append(float(re.search(r"tps = ([0-9.]+)", said)[1]))
            connection.execute(body)
        connection.execute("truncate s3cache.job")
    gated, off, always = (statistics.median(rates[variant]) for variant in ("gated", "off", "always"))
    tell("s3cache", "commits/s of 32 clients, workers busy", round(gated), f"{gated / off:.0%} of those without NOTIFY")
    tell("s3cache", "commits/s of 32 clients, NOTIFY off", round(off))
    tell("s3cache", "commits/s of 32 clients, a worker always parked", round(always), "each commit notifies")


def bench_held(seconds):
    """Claims beside a transaction that stays open, which keeps what ended from being cleaned up."""
    with psycopg.connect() as holder, psycopg.connect(autocommit=True) as connection:
        worker = register(connection)
        connection.execute(NO_OP, [100])
        drain(connection, worker, 10)
        holder.execute("set transaction isolation level repeatable read")
        holder.execute("select count(*) from s3cache.job")
        times, begin, ended = [], time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            connection.execute(NO_OP, [5])
            times += [(time.perf_counter() - begin, each) for each in claim_times(connection, worker, 5)]
            ended += 5
        first = statistics.median(each for at, each in times if at < 2)
        last = statistics.median(each for at, each in times if at > seconds - 2)
        tell("s3cache", f"claim ms, a transaction open for {seconds} s, first 2 s", round(first, 3))
        tell("s3cache", f"claim ms, a transaction open for {seconds} s, last 2 s", round(last, 3),
            f"{last / first:.2f} times, after {ended} jobs")


match sys.argv[1:]:
    case ["drain", count]: bench_drain(int(count))
    case ["latency", program, count]: bench_latency(program, int(count))
    case ["backlog", rows]: bench_backlog(int(rows))
    case ["enqueue", seconds]: bench_enqueue(int(seconds))
    case ["held", seconds]: bench_held(int(seconds))
    case _: sys.exit(__doc__)
