"""What others do while rebuilds run: uploads, deletions, rows added and forgotten, transactions that stay open, events."""

import collections
import datetime
import json
import os
import random
import threading
import time
import urllib.parse

import botocore.exceptions
import psycopg

# (what, how many sessions do it, seconds between two of its acts on average)
ACTS = [("upload", 2, 0.1), ("delete", 1, 0.2), ("add", 1, 0.1), ("forget", 1, 0.1), ("tell", 2, 0.1), ("hold", 3, 0.3)]


class Traffic:
    """Sessions that go on until they are stopped, and then end what they have begun."""

    def __init__(self, site, keys, hold):
        self.site, self.keys, self.hold = site, keys, hold
        self.counts = collections.Counter()
        self.problems = []
        self.forgotten = set()
        self.ending = threading.Event()
        kinds = [(name, pause, number, count) for name, count, pause in ACTS for number in range(count)]
        self.threads = [threading.Thread(target=self._live, args=kind) for kind in kinds]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _live(self, name, pause, number, count):
        dice, s3 = random.Random(os.urandom(8)), self.site.s3()
        act = getattr(self, f"_{name}")
        # Of each pool a session has keys of its own, so that it knows the order of what is done to one.
        mine = slice(number, None, count)
        try:
            with self.site.connect("traffic") as connection:
                while not self.ending.wait(dice.expovariate(1 / pause)):
                    act(dice, connection, s3, mine)
                    self.counts[name] += 1
        except (psycopg.Error, botocore.exceptions.ClientError) as error:
            self.problems.append(f"{name} failed: {error!r}")

    def _upload(self, dice, connection, s3, mine):
        for key in dice.sample(self.keys.written, dice.choice((1, 1, 5))):
            connection.execute("select s3cache.upload(%s, %s, content_type => 'application/octet-stream')", [key, os.urandom(dice.randrange(1, 200)).hex().encode()])
        self._end(dice, connection)

    def _delete(self, dice, connection, s3, mine):
        connection.execute("select s3cache.delete_object(%s)", [dice.choice(self.keys.written)])
        self._end(dice, connection)

    def _end(self, dice, connection):
        if dice.random() < 0.1:
            self.ending.wait(dice.uniform(0, self.hold))
        if dice.random() < 0.1:
            connection.rollback()
        else:
            connection.commit()

    def _add(self, dice, connection, s3, mine):
        connection.execute("select add_file_to_s3_cache(%s)", [dice.choice(self.keys.forgotten)])
        self._end(dice, connection)

    def _forget(self, dice, connection, s3, mine):
        keys = dice.sample(self.keys.forgotten, dice.choice((1, 1, 20)))
        self.forgotten |= set(keys)
        connection.execute("delete from s3_image_cache where filename = any (%s)", [sorted(keys)])
        self._end(dice, connection)

    def _tell(self, dice, connection, s3, mine):
        """A direct change, and the event that tells of it, some time later."""
        key, bucket = dice.choice(self.keys.told[mine]), self.site.bucket
        object_told = {"key": urllib.parse.quote_plus(key), "sequencer": f"{time.time_ns():016X}"}
        if dice.random() < 0.8:
            body = os.urandom(dice.randrange(1, 100))
            answer = s3.put_object(Bucket=bucket, Key=key, Body=body)
            moment = s3.head_object(Bucket=bucket, Key=key)["LastModified"]
            object_told |= {"size": len(body), "eTag": answer["ETag"].strip('"')}
            event = "ObjectCreated:Put"
        else:
            s3.delete_object(Bucket=bucket, Key=key)
            moment, event = datetime.datetime.now(datetime.timezone.utc), "ObjectRemoved:Delete"
        self.ending.wait(dice.choice((0, 0, 0.5)))
        told = {"eventName": event, "eventSource": "aws:s3", "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "s3": {"bucket": {"name": bucket}, "object": object_told}}
        for _ in range(dice.choice((1, 1, 2))):
            connection.execute("select s3cache.ingest_event(%s)", [json.dumps({"Records": [told]})])
            if dice.random() < 0.05:
                self.ending.wait(dice.uniform(0, 1))
            connection.commit()

    def _hold(self, dice, connection, s3, mine):
        """Writes to rows and leaves the transaction open; what it would make untrue it takes back."""
        keys = sorted(dice.sample(self.keys.written, 2))
        match dice.choice(("touch", "lock", "overwrite", "remove")):
            case "touch":
                # These say what is true.
                connection.execute(
                    "update s3_image_cache set size = size where filename = any (%s)", [sorted(dice.sample(self.keys.held, 20))])
                self.ending.wait(dice.uniform(self.hold / 5, self.hold))
                return connection.commit()
            case "lock":
                connection.execute("select from s3_image_cache where filename = any (%s) order by filename for update", [keys])
            case "overwrite":
                connection.execute("update s3_image_cache set etag = 'never' where filename = any (%s)", [keys])
            case "remove":
                connection.execute("delete from s3_image_cache where filename = any (%s)", [keys])
        self.ending.wait(dice.uniform(self.hold / 5, self.hold))
        connection.rollback()


class Reader(threading.Thread):
    """Looks again and again whether each kept file has its row."""

    LOOK = """select k.filename from chaos.kept k where not exists (
        select from s3_image_cache c where c.filename = k.filename and c.state = 'present') limit 3"""

    def __init__(self, site):
        super().__init__()
        self.site, self.looks, self.problems = site, 0, []
        self.ending = threading.Event()
        self.start()

    def run(self):
        with self.site.connect("reader", autocommit=True) as connection:
            # Without statistics the planner would compare everything with everything.
            connection.execute("set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set enable_material = off")
            while not self.ending.wait(0.02):
                rows = connection.execute(self.LOOK).fetchall()
                self.looks += 1
                if rows:
                    return self.problems.append(f"a reader does not see {rows}")

    def stop(self):
        self.ending.set()
        self.join()
