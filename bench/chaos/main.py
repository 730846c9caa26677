"""Runs jobs while everything that they need is killed, cut off and restarted; then checks that nothing was lost.

    main.py JOBS SECONDS

bench/chaos.sh sets up what this needs. Exit status 1 when something does not hold.
"""

import random
import sys
import time

import checks
import clients
import ears
import havoc
import place as location
import workers

QUIET = 150  # seconds that what is left may take once the harm has ended
PRESIGN_PATIENCE = 8


def prepare(place):
    location.migrate(place)
    place.s3().create_bucket(Bucket=place.bucket)
    with place.connect(autocommit=True) as connection:
        connection.execute(clients.SCHEMA)
        connection.execute("select s3cache.configure(hint_interval => '2 s', allowed_types => '{text}')")


def can_presign(connection):
    """Whether this version's workers know such jobs."""
    job = connection.execute("select s3cache.presign(array['a'])").fetchone()[0]
    state = connection.execute("select state from s3cache.wait(%s, %s)", [job, f"{PRESIGN_PATIENCE} s"]).fetchone()[0]
    if state != "done":
        connection.execute("select s3cache.cancel(%s)", [job])
    connection.execute("insert into chaos.job (id, kind, filename) values (%s, 'presign', 'a')", [job])
    return state == "done"


def table(title, connection, query):
    print(f"{title}:")
    for row in connection.execute(query).fetchall():
        print("  " + "  ".join(str(value) for value in row))


def main():
    jobs, seconds = int(sys.argv[1]), int(sys.argv[2])
    random.seed()
    place = location.Site()
    problems = []
    prepare(place)
    crew = workers.Workers(place)
    try:
        problems += run(place, crew, jobs, seconds)
    finally:
        if not crew.stopping:
            crew.stop()
        s3_faults, silenced = place.close()
        print(f"S3 faults: {s3_faults}\nconnections of workers: {silenced}")
    for problem in problems:
        print(f"not ok {problem}"[:2000])
    print("everything holds" if not problems else f"{len(problems)} things do not hold")
    return 1 if problems else 0


def run(place, crew, jobs, seconds):
    with place.connect(autocommit=True) as connection:
        kinds = set(clients.CALLS)
        if not can_presign(connection):
            print("presign: these workers do not know such jobs; left out")
            kinds.remove("presign")
    begin = time.monotonic()
    listener = ears.Ears(place)
    listener.start()
    sessions = clients.Clients(place, jobs, seconds, kinds)
    harm = havoc.Havoc(place, crew, restart_every=60 if seconds > 120 else 18)
    place.faults(True)
    harm.start()
    while time.monotonic() - begin < seconds or (sessions.live() and time.monotonic() - begin < seconds * 1.3):
        time.sleep(0.2)
    harm.stop()
    place.faults(False)
    print(f"harm ended after {time.monotonic() - begin:.0f} s: {dict(harm.counts)}, workers {dict(crew.counts)}")
    sessions.join()
    print(f"sessions: {dict(sessions.counts)}")
    problems = harm.problems + sessions.problems
    connection = place.connect(autocommit=True)
    left = connection.execute("select count(*) from s3cache.job").fetchone()[0]
    waited = time.monotonic()
    if not checks.quiet(connection, QUIET, hasten=True):
        still, ended = connection.execute(
            "select (select count(*) from s3cache.job), (select count(*) from chaos.ended where at > clock_timestamp() - interval '10 s')").fetchone()
        problems.append(f"{still} of {left} jobs are left after {QUIET} s, {ended} ended in the last 10 s: " + str(connection.execute(
            "select id, kind, state, attempt, rescues, error, run_at - clock_timestamp() from s3cache.job order by state = 'queued', id limit 5").fetchall()))
        return problems
    print(f"{left} jobs were left then, none {time.monotonic() - waited:.0f} s later")
    for kind, code, retryable, count in checks.retry_failed(connection):
        print(f"failed: {count} {kind} with {code}")
        if code != "poison" and not retryable:
            problems.append(f"{count} {kind} failed for good with {code}")
    if not checks.quiet(connection, QUIET, hasten=True):
        problems.append("retried jobs are left")
    problems += look(place, connection)
    heard = listener.stop()
    problems += list(checks.said_wrongly(connection, heard))
    print(f"{len(heard)} ends of jobs were heard")
    statuses = crew.stop()
    if statuses != [0] * len(statuses):
        problems.append(f"workers ended with {statuses} on SIGTERM")
    left = connection.execute("select count(*) from s3cache.worker w where w.heartbeat_at + w.lease > clock_timestamp()").fetchone()[0]
    if left:
        problems.append(f"{left} workers left without leaving their rows")
    return problems + crew.own_ends


def look(place, connection):
    problems = []
    s3 = place.s3()
    if not checks.hint_arrives(connection, s3, place.bucket, 60):
        problems.append("no worker hears hints any more")
    if not checks.quiet(connection, 30, hasten=False):
        problems.append("jobs are left after a hint")
    rebuild = connection.execute("select s3cache.rebuild(force => true)").fetchone()[0]
    connection.execute("insert into chaos.job (id, kind) values (%s, 'rebuild')", [rebuild])
    state, result = connection.execute("select state, result from s3cache.wait(%s, '60 s')", [rebuild]).fetchone()
    print(f"the last rebuild: {state} {result}")
    if not checks.quiet(connection, 30, hasten=False):
        problems.append("jobs are left after the last rebuild")
    listed = checks.listing(s3, place.bucket)
    problems += checks.broken_rules(connection)
    problems += list(checks.table_differs(connection, listed))[:10]
    problems += list(checks.objects_differ(connection, s3, place.bucket, listed))[:10]
    print(f"{len(listed)} objects in the bucket")
    table("committed jobs by kind", connection, "select kind, count(*) from chaos.job group by 1 order by 1")
    table("ended, own ones of the engine too", connection,
        "select kind, state, count(*) from s3cache.job_history group by 1, 2 order by 1, 2")
    table("rescues (jobs; of dead workers)", connection,
        "select count(*), count(*) filter (where worker_died) from chaos.rescue")
    return problems


sys.exit(main())
