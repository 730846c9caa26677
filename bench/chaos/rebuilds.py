"""Rebuilds from a real bucket while the workers are killed, others write, and the bucket's listings are spoiled.

    rebuilds.py REBUILDS OBJECTS

bench/chaos.sh sets up what this needs. After each round the table must be equal to the bucket, no reader may ever have missed
a file that was there all along, and a listing that failed must have changed nothing. Exit status 1 when something does not hold.
"""

import collections
import os
import random
import sys
import threading
import time

import checks
import fill
import keyspace
import place as location
import traffic
import workers

OPTIONS = ("--lease", "1", "--write-timeout", "2", "--slice-size", "1000", "--list-concurrency", "8", "--share-from", "2000")
PATIENCE = 240  # seconds that anything may take

SCHEMA = """
create schema chaos;
create table chaos.kept (filename text collate "C" primary key);
-- Rebuilds that were taken over from a dead worker, and how much they had listed by then.
create table chaos.rescue (job_id bigint not null, listed bigint not null);
create function chaos.note_rescue() returns trigger language plpgsql security definer as $$
begin
    insert into chaos.rescue
    select new.id, coalesce(sum(p.listed), 0) from s3cache.rebuild_part p where p.job_id = new.id;
    return null;
end $$;
-- Attempts that failed.
create table chaos.failure (job_id bigint not null, kind text not null, code text, error text);
create function chaos.note_failure() returns trigger language plpgsql security definer as $$
begin
    insert into chaos.failure values (new.id, new.kind, new.error_detail ->> 'code', new.error);
    return null;
end $$;
create trigger note_failure after update of error on s3cache.job for each row when (new.error is not null) execute function chaos.note_failure();
create trigger note_rescue after update of rescues on s3cache.job
for each row when (new.rescues > old.rescues and new.kind = 'rebuild') execute function chaos.note_rescue();
"""

# What a listing that failed must not have changed: everything that a rebuild may write.
PRINT = "select md5(string_agg(o::text, ',' order by filename)) from s3_image_cache o"


# Of attempts that failed, what no fault of the bucket's explains.
UNEXPLAINED = """select kind, code, error from chaos.failure
    where code not in ('malformed_listing', 'unavailable', 'held_back', 'connection_lost') limit 5"""


class Killer(threading.Thread):
    """Kills a worker, or lets it stand still for longer than its lease, every 0.3 to 2 seconds until it is stopped."""

    def __init__(self, site, crew):
        super().__init__()
        self.site, self.crew, self.ending, self.thaws = site, crew, threading.Event(), []
        self.start()

    def run(self):
        with self.site.connect("killer", autocommit=True) as connection:
            while not self.ending.wait(random.uniform(0.3, 2)):
                if random.random() < 0.15:
                    thaw = threading.Timer(random.uniform(0.5, 2.5), self.crew.pause())
                    self.thaws.append(thaw)
                    thaw.start()
                else:
                    self.crew.kill()
                # The same jobs are hit again and again, on purpose: that is no poison.
                connection.execute("update s3cache.job set worker_deaths = 0 where worker_deaths > 0")
        for thaw in self.thaws:
            thaw.join()

    def stop(self):
        self.ending.set()
        self.join()


class Rounds:
    """The rounds, one after the other, and what came of them."""

    def __init__(self, site, crew, keys):
        self.site, self.crew, self.keys = site, crew, keys
        self.connection = site.connect("rounds", autocommit=True)
        self.s3 = site.s3()
        self.dice = random.Random(os.urandom(8))
        self.counts, self.acts, self.ended = collections.Counter(), collections.Counter(), collections.Counter()
        self.problems = []

    def change_directly(self, share):
        """Past s3cache, while it rests; and rows that are wrong, or not there."""
        changed = self.dice.sample(self.keys.written + self.keys.forgotten, int(share * len(self.keys.written)))
        doomed = changed[:len(changed) // 6]
        for start in range(0, len(doomed), 1000):
            self.s3.delete_objects(Bucket=self.site.bucket, Delete={
                "Objects": [{"Key": key} for key in doomed[start:start + 1000]], "Quiet": True})
        self.site.filler.fill((key, os.urandom(self.dice.randrange(1, 50))) for key in changed[len(doomed):])
        everyone = sorted(self.dice.sample(self.keys.written, len(changed)) + self.dice.sample(self.keys.kept[len(self.keys.held):], len(changed)))
        self.connection.execute("update s3_image_cache set etag = 'wrong' where filename = any (%s)", [everyone])
        self.connection.execute(
            "delete from s3_image_cache where filename = any (%s)", [sorted(self.dice.sample(self.keys.written, len(changed) // 3))])

    def rebuild(self, prefix=None):
        return self.connection.execute("select s3cache.rebuild(prefix => %s)", [prefix]).fetchone()[0]

    def last_rebuild(self):
        """What the last full rebuild tells."""
        return self.connection.execute("select last_rebuild from s3cache.stats()").fetchone()[0]

    def wait(self, job, patience=PATIENCE):
        """The end of a job, and of the one that it was merged into."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            row = self.connection.execute("""
                select h.state, h.result, h.error, h.superseded_by from s3cache.job_history h where h.id = %s""", [job]).fetchone()
            if row is None:
                # Those that wait after a failure need not.
                self.connection.execute("select s3cache.retry(id) from s3cache.job where state = 'waiting' and error is not null")
                time.sleep(0.05)
            elif row[0] == "superseded":
                job = row[3]
            else:
                return row[:3]
        return "unfinished", None, str(self.connection.execute(
            "select kind, state, worker_id, attempt, rescues, error, args from s3cache.job order by id limit 10").fetchall())

    def rest(self):
        """Waits until no job is left and no row is in doubt."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            jobs, doubted = self.connection.execute("""
                select (select count(*) from s3cache.job), (select count(*) from s3_image_cache where state = 'unverified')""").fetchone()
            if jobs == doubted == 0:
                return
            self.connection.execute("select s3cache.retry(id) from s3cache.job where state = 'waiting' and error is not null")
            time.sleep(0.1)
        self.problems.append(f"{jobs} jobs are left and {doubted} rows in doubt: " + str(self.connection.execute(
            "select id, kind, state, attempt, error, args from s3cache.job limit 5").fetchall()))

    def compare(self, forgotten, when):
        """The table must be equal to the bucket; a row that was forgotten meanwhile need not be there."""
        listed = checks.listing(self.s3, self.site.bucket)
        rows = self.connection.execute("select filename, size, etag, state from s3_image_cache").fetchall()
        table = {name: (size, etag) for name, size, etag, state in rows if state == "present"}
        found = []
        for name in listed.keys() | table.keys():
            if listed.get(name) != table.get(name) and not (name in forgotten and name not in table):
                found.append(f"{name}: the bucket has {listed.get(name)}, the table {table.get(name)}")
        self.counts["differences"] += len(found)
        self.problems += [f"{when}: {len(found)} differences, as {one}" for one in found[:5]]
        return listed

    def one(self, number, is_empty):
        """A round: everything changes, and rebuilds make it true while others write."""
        before = time.monotonic()
        self.change_directly(0.02 if number % 3 else 0.2)
        if is_empty:
            self.connection.execute("truncate s3_image_cache")
        reader = None if is_empty else traffic.Reader(self.site)
        self.site.tell_proxy(f"spoil {0.01 if number % 2 else 0}")
        killer = Killer(self.site, self.crew)
        others = traffic.Traffic(self.site, self.keys, hold=self.site.hold)
        jobs = [self.rebuild()]
        if number % 3 == 1:
            jobs.append(self.rebuild(self.dice.choice(("img/", "seq/0", "p/1"))))
        if number % 4 == 2:
            time.sleep(self.dice.uniform(0, 1))
            jobs.append(self.rebuild())
        done = self.finish(jobs)
        others.stop()
        killer.stop()
        self.site.tell_proxy("spoil 0")
        self.rest()
        listed = self.compare(others.forgotten, f"round {number}")
        if reader is not None:
            reader.stop()
            self.acts["looks"] += reader.looks
            self.problems += reader.problems
        self.acts += others.counts
        self.problems += others.problems
        # Whoever took over from whom, no object was listed twice or left out: but for those that came or went meanwhile.
        movable = sum(others.counts[act] for act in ("upload", "delete", "tell")) + 10
        most = max((result["listed"] for result in done), default=0)
        if done and abs(most - len(listed)) > movable:
            self.problems.append(f"round {number}: {most} objects were listed, and there are {len(listed)}")
        result = self.last_rebuild()
        self.counts.update({key: result[key] for key in ("pages", "wasted_pages", "ranges", "retries", "listed")})
        self.counts["shared among workers"] += result["workers"] > 1
        self.counts["workers that listed"] += result["workers"]
        print(f"round {number}{' from empty' if is_empty else ''}: {time.monotonic() - before:.1f} s, {len(listed)} objects, "
            f"{done}", flush=True)

    def finish(self, jobs):
        """Waits for rebuilds to be done; one whose listing was spoiled is asked for again. Gives the results."""
        done = []
        while jobs and not (self.problems and self.problems[-1].startswith("a rebuild")):
            state, result, error = self.wait(jobs.pop(0))
            if state == "done":
                done.append(result)
                self.counts["rebuilds"] += 1
            elif state == "failed" and result["error"]["code"] == "malformed_listing":
                self.counts["failed, their listing spoiled"] += 1
                jobs.append(self.rebuild())
            else:
                self.problems.append(f"a rebuild is {state}: {error}")
        return done

    def spoiled(self, number, kind):
        """A listing that fails changes nothing."""
        self.change_directly(0.02)
        self.rest()
        before = self.connection.execute(PRINT).fetchone()
        share = self.dice.choice((0.3, 1))
        self.site.tell_proxy(f"spoil {share} {kind}")
        job = self.rebuild()
        state, result, error = self.wait(job, patience=3)
        if state == "unfinished":
            # It asks again and again; or it has just ended.
            self.connection.execute("select s3cache.cancel(id) from s3cache.job where kind = 'rebuild'")
            state, result, error = self.wait(job)
        if state == "done" or (state == "cancelled" and share < 1):
            # By luck no page was spoiled, or all were asked for again; or it was writing when it was cancelled.
            self.counts["went well though listings were spoiled"] += 1
        else:
            self.counts["listings that failed"] += 1
            if self.connection.execute(PRINT).fetchone() != before:
                self.problems.append(f"a listing with {kind} failed, {error}, and changed something")
        self.site.tell_proxy("spoil 0")
        self.rest()


def prepare(site, objects):
    location.migrate(site)
    site.s3().create_bucket(Bucket=site.bucket)
    keys = keyspace.Keyspace(objects)
    before = time.monotonic()
    site.filler = fill.Filler(site.endpoint, site.keys, site.bucket)
    site.filler.fill((key, key.encode()[:20]) for key in keys.all)
    print(f"{len(keys.all)} objects were put in {time.monotonic() - before:.1f} s", flush=True)
    with site.connect(autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute("insert into chaos.kept select unnest(%s::text[])", [keys.kept])
        connection.execute("select s3cache.configure(max_delete_fraction => 1, allowed_types => '{text}')")
    site.tell_proxy("delay 0.2")
    return keys


def main():
    rebuilds, objects = int(sys.argv[1]), int(sys.argv[2])
    site = location.Site("lists.py", silences=False)
    site.hold = 5 if rebuilds > 10 else 2
    keys = prepare(site, objects)
    crew = workers.Workers(site, count=3, options=OPTIONS, spares_last=False)
    rounds = Rounds(site, crew, keys)
    kinds = ["unordered", "truncated XML", "repeated key", "broken off", "error as 200", "earlier page", "slow down"]
    try:
        number = 0
        while rounds.counts["rebuilds"] < rebuilds and not rounds.problems:
            rounds.one(number, is_empty=number % 8 == 0)
            number += 1
            if number % 4 == 2 and not rounds.problems:
                rounds.spoiled(number, kinds[number // 4 % len(kinds)])
        rescues, resumed = rounds.connection.execute(
            "select count(*), count(*) filter (where listed > 0) from chaos.rescue").fetchone()
        rounds.problems += [f"an attempt failed: {row}" for row in rounds.connection.execute(UNEXPLAINED)]
    finally:
        statuses = crew.stop()
        spoiled = site.close()[0]
    problems = rounds.problems + crew.own_ends
    # A helper that finds its ranges gone believes that the rebuild has ended, and says nothing.
    with open(os.path.join(site.server, "server.log"), errors="replace") as log:
        lost = sum("PL/pgSQL function s3cache.take_ranges" in line for line in log)
    if lost:
        problems.append(f"{lost} times ranges were listed that were not left")
    if statuses != [0] * len(statuses):
        problems.append(f"workers ended with {statuses} on SIGTERM")
    print(f"rebuilds: {dict(rounds.counts)}")
    print(f"of these {rescues} times one was taken over from a dead worker, {resumed} times with what had been listed")
    print(f"workers: {dict(crew.counts)}; others: {dict(rounds.acts)}; listings: {spoiled}")
    for problem in problems:
        print(f"not ok {problem}"[:2000])
    print("everything holds" if not problems else f"{len(problems)} things do not hold")
    return 1 if problems else 0


sys.exit(main())
