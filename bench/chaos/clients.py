"""Sessions that enqueue jobs, some in transactions that they roll back, and remember what they committed."""

import collections
import hashlib
import os
import random
import threading
import time

import psycopg

SCHEMA = """
create schema chaos;
-- Written in the transactions that enqueue: what is here was committed.
create table chaos.job (id bigint primary key, kind text not null, filename text, md5 text, retry_of bigint);
-- Each end of a job, also a second one.
create table chaos.ended (id bigint not null, state text not null, at timestamptz not null default clock_timestamp());
create function chaos.note_end() returns trigger language plpgsql security definer as $$
begin
    insert into chaos.ended (id, state) values (new.id, new.state);
    return null;
end $$;
create trigger note_end after insert or update on s3cache.job_history for each row execute function chaos.note_end();
create table chaos.rescue (job_id bigint not null, worker_died boolean not null);
create function chaos.note_rescue() returns trigger language plpgsql security definer as $$
begin
    insert into chaos.rescue values (new.id, new.worker_deaths > 0);
    return null;
end $$;
create trigger note_rescue after update of rescues on s3cache.job
for each row when (new.rescues > old.rescues) execute function chaos.note_rescue();
"""

WEIGHTS = {"upload": 46, "delete_object": 14, "read": 22, "rebuild": 3, "verify": 4, "presign": 5, "hint": 3, "cancel": 3}

CALLS = {
    "upload": "select s3cache.upload(%(filename)s, %(content)s)",
    "delete_object": "select s3cache.delete_object(%(filename)s)",
    "read": "select s3cache.read(%(filename)s)",
    "rebuild": "select s3cache.rebuild()",
    "verify": "select s3cache.verify(prefix => %(filename)s)",
    "presign": "select s3cache.presign(array[%(filename)s])",
}


class Clients:
    """Some sessions that together commit a number of jobs, evenly over some seconds, and then end."""

    def __init__(self, site, jobs, seconds, kinds, sessions=4):
        self.site, self.seconds = site, seconds
        self.weights = {kind: weight for kind, weight in WEIGHTS.items() if kind in kinds or kind in ("hint", "cancel")}
        self.counts = collections.Counter()
        self.problems = []
        self.begin = time.monotonic()
        self.threads = [threading.Thread(target=self._live, args=(-(-jobs // sessions),)) for _ in range(sessions)]
        for thread in self.threads:
            thread.start()

    def live(self):
        return any(thread.is_alive() for thread in self.threads)

    def join(self):
        for thread in self.threads:
            thread.join()

    def _live(self, quota):
        try:
            self._enqueue(quota)
        except Exception as error:  # told at the end, where it makes the run fail
            self.problems.append(f"a session ended: {error!r}")

    def _enqueue(self, quota):
        dice, committed, connection, s3 = random.Random(os.urandom(8)), 0, None, self.site.s3()
        recent = collections.deque(maxlen=50)
        while committed < quota:
            if committed > quota * (time.monotonic() - self.begin) / self.seconds:
                time.sleep(0.02)
                continue
            rolls_back = dice.random() < 0.1
            batch = []
            try:
                connection = connection or self.site.connect()
                for _ in range(min(dice.choice((1, 1, 1, 2, 3, 8, 30)), quota - committed)):
                    batch += self._call(dice, connection, s3, rolls_back, recent)
                if rolls_back:
                    connection.rollback()
                    self.counts["jobs rolled back"] += len(batch)
                else:
                    connection.commit()
                    committed += len(batch)
                    recent += batch
            except (psycopg.OperationalError, psycopg.errors.InternalError):
                # Whether it was committed, chaos.job tells.
                self.counts["transactions cut off"] += 1
                if connection is not None:
                    connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def _call(self, dice, connection, s3, rolls_back, recent):
        kind = dice.choices(list(self.weights), self.weights.values())[0]
        if kind == "hint":
            self._hint(dice, connection, s3)
            return []
        if kind == "cancel":
            if recent and not rolls_back:
                # Of keys in up/ nothing is cancelled: there each upload is to succeed.
                connection.execute(
                    "select s3cache.cancel(id) from chaos.job where id = %s and filename not like 'up/%%'", [dice.choice(recent)])
                self.counts["cancels"] += 1
            return []
        arguments = {"filename": self._filename(dice, kind, rolls_back), "content": None}
        md5 = None
        if kind == "upload":
            size = dice.choice((20, 1_000, 10_000, 10_000, 60_000, 300_000))
            arguments["content"] = os.urandom(8).hex().encode() * (dice.randrange(1, size + 1) // 16 + 1)
            md5 = hashlib.md5(arguments["content"]).hexdigest()
        job = connection.execute(CALLS[kind], arguments).fetchone()[0]
        connection.execute(
            "insert into chaos.job (id, kind, filename, md5) values (%s, %s, %s, %s)", [job, kind, arguments["filename"], md5])
        return [job]

    def _filename(self, dice, kind, rolls_back):
        if rolls_back:
            return f"rolled/{dice.randrange(1000)}"
        if kind == "rebuild":
            return None
        if kind == "verify":
            return f"up/{dice.randrange(10)}"
        # Some keys know nothing but uploads and reads of them, some deletions too; a few are hot.
        folder = "mix" if kind == "delete_object" or dice.random() < 0.5 else "up"
        number = dice.randrange(10) if dice.random() < 0.1 else dice.randrange(300)
        return f"{folder}/{number}.bin"

    def _hint(self, dice, connection, s3):
        """A direct write past s3cache, and a hint about it."""
        key = f"direct/{dice.randrange(200)}"
        if dice.random() < 0.7:
            s3.put_object(Bucket=self.site.bucket, Key=key, Body=os.urandom(100))
        else:
            s3.delete_object(Bucket=self.site.bucket, Key=key)
        hint = dice.choice((f"add {key}", f"add {key}", "rebuild", "verify", '{"do": "rebuild", "prefix": "direct/"}', "nonsense"))
        connection.execute("select pg_notify('s3cache', %s)", [hint])
        self.counts["hints"] += 1
