"""Uploads of all sizes while workers are killed, and while the bucket is away; then checks that each is safely there, stored once.

    uploads.py UPLOADS OUTAGE_UPLOADS OUTAGE_SECONDS

bench/chaos.sh sets up what this needs. Exit status 1 when something does not hold.
"""

import collections
import hashlib
import os
import random
import sys
import threading
import time

import checks
import clients
import place as location
import workers

PATIENCE = 400  # seconds that all uploads may take
LEFTOVERS = 150  # seconds after which no parts may be left
MIB = 1 << 20
OPTIONS = ("--lease", "2", "--write-timeout", "1", "--log-level", "warning")
EACH_DONE = """
select c.id, c.filename, h.state, h.error from chaos.job c left join s3cache.job_history h on h.id = c.id
where h.state is distinct from 'done'"""
ENDED_TWICE = "select id, count(*) from chaos.ended group by id having count(*) <> 1"
SOON = "update s3cache.late_write set until = least(until, clock_timestamp() + interval '2 s')"
RUNNING = """
select w.pid, j.args ->> 'filename' from s3cache.job j join s3cache.worker w on w.id = j.worker_id where j.state = 'running' and j.kind ^@ 'upload'"""
NOT_ASKED = "select id, args ->> 'filename' from s3cache.job_history h where not exists (select from chaos.job c where c.id = h.id) and kind ^@ 'upload'"


def content(name, size):
    """Bytes of no type that is known; equal ones for equal names."""
    return (b"\0\1" + random.Random(name).randbytes(max(0, size - 2)))[:size]


def sizes(count, large):
    """From 1 byte up; some go in parts, the largest has 64 MiB."""
    dice = random.Random(count)
    parts = [64 * MIB, 16 * MIB + 1] + [dice.randrange(17 * MIB, 40 * MIB) for _ in range(large)]
    small = [1, 2, 255, 65_536, MIB, 16 * MIB] + [int(2 ** dice.uniform(0, 21)) for _ in range(count)]
    chosen = (parts[:large] + small)[:count]
    dice.shuffle(chosen)
    return chosen


class Killer(threading.Thread):
    """Kills a worker every other moment, so many times at most, until it is stopped; the first that uploads in parts."""

    def __init__(self, site, crew, times, sizes):
        super().__init__()
        self.site, self.crew, self.times, self.sizes, self.ending = site, crew, times, sizes, threading.Event()
        self.start()

    def run(self):
        with self.site.connect("killer", autocommit=True) as connection:
            pids = self.with_parts(connection)
            while self.times > 0 and not self.ending.is_set():
                self.crew.kill(pids)
                self.times -= 1
                # The same jobs are hit again and again, on purpose: that is no poison. And nothing of a process that was killed is long
                # on its way on one machine, so that its writes need not be waited for as in a network.
                connection.execute("update s3cache.job set worker_deaths = 0 where worker_deaths > 0")
                connection.execute(SOON)
                self.ending.wait(random.uniform(0.1, 0.7))
                pids = {pid for pid, _ in connection.execute(RUNNING).fetchall()}
            # Those that wait for what the last ones may still write.
            while not self.ending.wait(0.5):
                connection.execute(SOON)

    def with_parts(self, connection):
        """Waits until a large file is on its way; gives the processes that have one."""
        while not self.ending.wait(0.002):
            if pids := {pid for pid, name in connection.execute(RUNNING).fetchall() if self.sizes.get(name, 0) > 16 * MIB}:
                return pids
        return set()

    def stop(self):
        self.ending.set()
        self.join()


class Uploads:
    """Asks for uploads, half of them by file, and compares what came of them."""

    def __init__(self, site, folder):
        self.site, self.folder = site, folder
        self.connection = site.connect("uploads", autocommit=True)
        self.s3 = site.s3()
        self.sizes, self.problems = {}, []

    def ask(self, size):
        """One upload; each tenth is asked for under another name before, and rolled back."""
        number = len(self.sizes)
        name = f"{self.folder}/{number:04}"
        by_file = number % 2 == 0 or size > MIB
        if by_file:
            with open(os.path.join(os.environ["S3CACHE_FILE_ROOTS"], f"{self.folder}-{number}"), "wb") as file:
                file.write(content(name, size))
        call, given = ("upload_file", f"{self.folder}-{number}") if by_file else ("upload", content(name, size))
        if number % 10 == 0:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute(f"select s3cache.{call}(%s, %s)", [f"rolled/{name}", given])
        with self.connection.transaction():
            job = self.connection.execute(f"select s3cache.{call}(%s, %s)", [name, given]).fetchone()[0]
            self.connection.execute("insert into chaos.job (id, kind, filename) values (%s, %s, %s)", [job, call, name])
        self.sizes[name] = size

    def ask_all(self, sizes):
        """All of them at once: none begins before the last one was asked for."""
        self.connection.execute("select s3cache.configure(paused => true)")
        for size in sizes:
            self.ask(size)
        self.connection.execute("select s3cache.configure(paused => false)")

    def done(self):
        return self.connection.execute(
            "select count(*) from s3cache.job_history where state = 'done' and args ->> 'filename' ^@ %s", [self.folder + "/"]).fetchone()[0]

    def finish(self, hasten):
        """Waits until no job is left."""
        if not checks.quiet(self.connection, PATIENCE, hasten):
            self.problems.append("jobs do not end: " + str(self.connection.execute(
                "select id, kind, state, attempt, rescues, error, args ->> 'filename' from s3cache.job order by id limit 5").fetchall()))

    def parts_left(self):
        return [entry["Key"] for entry in self.s3.list_multipart_uploads(Bucket=self.site.bucket).get("Uploads", [])]

    def begun(self):
        return self.connection.execute("select job_id, object_key from s3cache.unfinished_upload order by job_id limit 5").fetchall()

    def check(self):
        """Rows and objects are the same, objects have their bytes, and nothing else is left."""
        for what, query in (("is not done", EACH_DONE), ("ended more than once", ENDED_TWICE), ("was rolled back", NOT_ASKED),
                ("is still staged", "select job_id from s3cache.staged_content")):
            rows = self.connection.execute(query).fetchall()
            self.problems += [f"{what}: {len(rows)}, such as {rows[:3]}"] if rows else []
        listed = checks.listing(self.s3, self.site.bucket)
        self.problems += list(checks.table_differs(self.connection, listed))[:10]
        self.problems += [f"{name} was rolled back" for name in listed if name.startswith("rolled/")]
        hashes = dict(self.connection.execute("select filename, sha256 from s3_image_cache where filename ^@ %s", [self.folder + "/"]).fetchall())
        for name, size in self.sizes.items():
            body = self.s3.get_object(Bucket=self.site.bucket, Key=name)["Body"].read() if name in listed else None
            if body != content(name, size):
                self.problems.append(f"{name} has not the {size} bytes that were uploaded")
            elif hashes.get(name) != hashlib.sha256(body).digest():
                self.problems.append(f"the row of {name} has not their SHA-256")
        deadline = time.monotonic() + LEFTOVERS
        while (left := self.parts_left() or self.begun()) and time.monotonic() < deadline:
            time.sleep(1)
        self.problems += [f"parts are left, or looked for, of {left}"] if left else []
        self.check_once()

    def check_once(self):
        """The bucket keeps versions: it was given each object once. What an attempt had stored when its worker died, or the bucket went, was
        there long before the next one, which has to see that."""
        stored = collections.defaultdict(list)
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.site.bucket, Prefix=self.folder + "/"):
            for version in page.get("Versions", []):
                stored[version["Key"]].append((version["LastModified"].isoformat(), version["ETag"], version["Size"]))
        twice = {key: versions for key, versions in stored.items() if len(versions) > 1}
        print(f"stored more than once: {len(twice)} of {len(stored)}", flush=True)
        self.problems += [f"stored more than once: {key}: {versions}" for key, versions in sorted(twice.items())[:5]]


def killed(site, crew, count):
    """Workers die again and again."""
    uploads = Uploads(site, "killed")
    before = time.monotonic()
    killer = Killer(site, crew, count // 2, uploads.sizes)
    uploads.ask_all(sizes(count, max(2, count // 20)))
    deadline = time.monotonic() + PATIENCE
    while uploads.done() < count and time.monotonic() < deadline:
        time.sleep(0.2)
    killer.stop()
    uploads.finish(hasten=True)
    print(f"{count} uploads of {sum(uploads.sizes.values()) / MIB:.0f} MiB, while workers died: {time.monotonic() - before:.0f} s, {dict(crew.counts)}", flush=True)
    rescued, with_parts = uploads.connection.execute("""
        select count(distinct r.job_id), count(distinct r.job_id) filter (where (h.args ->> 'size')::bigint > 16777216)
        from chaos.rescue r join s3cache.job_history h on h.id = r.job_id where r.worker_died""").fetchone()
    print(f"taken over from dead workers: {rescued} uploads, {with_parts} of them in parts")
    if not rescued:
        uploads.problems.append("no upload was taken over")
    uploads.check()
    return uploads.problems


def stopped(site, count, seconds):
    """The bucket is away for a while, in the middle of them."""
    uploads = Uploads(site, "stopped")
    before = time.monotonic()
    uploads.ask_all(sizes(count, count // 100))
    deadline = time.monotonic() + PATIENCE
    while uploads.done() < count // 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    done = uploads.done()
    site.tell_proxy("shut")
    time.sleep(seconds)
    away = uploads.done()
    site.tell_proxy("open")
    uploads.finish(hasten=seconds < 30)
    print(f"{count} uploads, the bucket away for {seconds} s: {time.monotonic() - before:.0f} s, {done} done before and {away} at its end", flush=True)
    if away >= count:
        uploads.problems.append("all were done before the bucket came back: this shows nothing")
    uploads.check()
    return uploads.problems


def main():
    count, outage_count, outage = (int(argument) for argument in sys.argv[1:])
    site = location.Site(silences=False)
    os.environ["S3CACHE_FILE_ROOTS"] = os.path.join(site.work, "files")
    os.mkdir(os.environ["S3CACHE_FILE_ROOTS"])
    location.migrate(site)
    site.s3().create_bucket(Bucket=site.bucket)
    site.s3().put_bucket_versioning(Bucket=site.bucket, VersioningConfiguration={"Status": "Enabled"})
    with site.connect(autocommit=True) as connection:
        connection.execute(clients.SCHEMA)
        connection.execute("select s3cache.configure(max_bytes => 100000000, allowed_types => '{other}')")
    crew = workers.Workers(site, count=3, options=OPTIONS, spares_last=False)
    problems = []
    try:
        problems += killed(site, crew, count)
        if not problems:
            problems += stopped(site, outage_count, outage)
    finally:
        statuses = crew.stop()
        print(f"connections: {site.close()[0]}")
    problems += crew.own_ends
    if statuses != [0] * len(statuses):
        problems.append(f"workers ended with {statuses} on SIGTERM")
    for problem in problems:
        print(f"not ok {problem}"[:2000])
    print("everything holds" if not problems else f"{len(problems)} things do not hold")
    return 1 if problems else 0


sys.exit(main())
