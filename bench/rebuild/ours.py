"""s3cache: a worker of its own, and one rebuild."""

import os
import shlex
import subprocess
import sys
import tempfile
import time

import psycopg

import usage
from measured import DIGEST, Measured
from stub import SECRET

DATABASE = "bench_ours"
LIMIT = 1800  # seconds for one rebuild


def admin(statement):
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        connection.execute(statement)


def renew(program):
    """An empty database with s3cache. It is no copy of another one: in that no worker would run anything."""
    admin(f"drop database if exists {DATABASE} with (force)")
    admin(f"create database {DATABASE}")
    subprocess.run([program, "migrate"], env=os.environ | {"PGDATABASE": DATABASE}, check=True, stdout=subprocess.DEVNULL)


class Worker:
    """`s3cache worker` of a bucket of the stub, for a `with`."""

    def __init__(self, program, stub):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "worker", "--log-level", "warning", *shlex.split(os.environ.get("S3CACHE_BENCH_WORKER", ""))],
            stdout=subprocess.DEVNULL, stderr=self.log,
            env=os.environ | SECRET | {"PGDATABASE": DATABASE, "AWS_ENDPOINT_URL": stub.url, "S3_BUCKET": "bench"})

    def __enter__(self):
        self.connection = psycopg.connect(dbname=DATABASE, autocommit=True)
        try:
            self.until("select 1 from s3cache.workers where state = 'idle' and pid = %s", [self.process.pid], 60)
        except RuntimeError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait(60)
        self.log.seek(0)
        sys.stderr.buffer.write(self.log.read())

    def until(self, query, parameters, limit=LIMIT):
        """The first row that a query gives, which is asked every 20 ms."""
        deadline = time.monotonic() + limit
        while (row := self.connection.execute(query, parameters, prepare=True).fetchone()) is None:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"nothing after {limit} s, or no worker: {query}")
            time.sleep(0.02)
        return row

    def rebuild(self, stub):
        """One rebuild: what it took, and the WAL that was written meanwhile, in MB."""
        self.connection.execute("checkpoint")  # so that all begin alike
        wal = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
        before = self.connection.execute(wal).fetchone()[0]
        cpu, cluster = usage.cpu(self.process.pid), usage.cluster_cpu()
        stub.reset()
        begin = time.perf_counter()
        job = self.connection.execute("select s3cache.rebuild()").fetchone()[0]
        state, error, result = self.until(
            "select state, error, result from s3cache.jobs where id = %s and state in ('done', 'failed', 'cancelled')", [job])
        seconds = time.perf_counter() - begin
        stats = stub.stats()
        after = self.connection.execute(wal).fetchone()[0]
        if state != "done":
            raise RuntimeError(f"the rebuild has {state}: {error}")
        names = ("added", "updated", "removed", "unchanged")
        measured = Measured(
            seconds, stats["requests"], stats["pages"], stats["max_in_flight"], usage.cpu(self.process.pid) - cpu,
            usage.cluster_cpu() - cluster, usage.peak(self.process.pid), self.connection.execute(DIGEST + "s3_image_cache").fetchone(),
            ", ".join(f"{result[name]:,} {name}" for name in names if result.get(name)))
        return measured, float(after - before) / 2**20


def copy_seconds():
    """Seconds that one COPY of the same rows, in order of their keys, into an empty table with the same columns, constraints and indexes takes."""
    columns = "filename, size, etag, last_modified, storage_class, state"
    with psycopg.connect(dbname=DATABASE, autocommit=True) as connection, tempfile.TemporaryFile() as rows:
        with connection.cursor().copy(f"copy (select {columns} from s3_image_cache order by filename) to stdout (format binary)") as copy:
            for chunk in copy:
                rows.write(chunk)
        connection.execute("create table ideal (like s3_image_cache including all)")
        connection.execute("checkpoint")
        rows.seek(0)
        begin = time.perf_counter()
        with connection.cursor().copy(f"copy ideal ({columns}) from stdin (format binary)") as copy:
            while chunk := rows.read(1 << 20):
                copy.write(chunk)
        seconds = time.perf_counter() - begin
        connection.execute("drop table ideal")
    return seconds
