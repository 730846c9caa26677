"""pgqueuer: peer_pgqueuer.py N COUNT: drains N no-op jobs, then COUNT latencies."""

import asyncio
import subprocess
import sys
import time
from datetime import timedelta

import asyncpg
import pgqueuer
import psycopg
import uvloop
from pgqueuer.domain.types import QueueExecutionMode

from measure import latencies, tell, tell_latencies, timed


def manager(connection):
    queue = pgqueuer.QueueManager(pgqueuer.Queries(pgqueuer.AsyncpgDriver(connection)))

    @queue.entrypoint("noop")
    async def noop(job):
        pass

    return queue


async def prepare(wanted):
    connection = await asyncpg.connect()
    await pgqueuer.Queries(pgqueuer.AsyncpgDriver(connection)).enqueue(["noop"] * wanted, [None] * wanted, [0] * wanted)
    await connection.execute("analyze")
    await connection.close()


async def install():
    connection = await asyncpg.connect()
    await pgqueuer.Queries(pgqueuer.AsyncpgDriver(connection)).install()
    await connection.close()


def bench_drain(count):
    """With both event loops that it runs on: which is faster depends on the batch."""
    asyncio.run(install())
    for loop, workers, batch in (
        (uvloop, 1, 1), (uvloop, 1, 10), (asyncio, 1, 100), (uvloop, 1, 100), (asyncio, 1, 1000), (uvloop, 1, 1000),
        (uvloop, 2, 100), (uvloop, 2, 1000),
    ):
        async def run(ready):
            queue = manager(await asyncpg.connect())
            ready()
            await queue.run(batch_size=batch, mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=1))

        wanted = min(count, 200 * batch + 1000)
        asyncio.run(prepare(wanted))
        seconds = timed(workers, lambda ready: loop.run(run(ready)))
        with psycopg.connect(autocommit=True) as connection:
            left = connection.execute("select count(*) from pgqueuer").fetchone()[0]
            connection.execute("truncate pgqueuer")
        tell("pgqueuer", f"jobs/s, batch {batch}" + (f", {workers} workers" if workers > 1 else ""),
            round((wanted - left) / seconds), ", ".join([loop.__name__] + [f"{left} left"] * (left > 0)))


async def work():
    await manager(await asyncpg.connect()).run(batch_size=10)


if sys.argv[1] == "work":
    uvloop.run(work())
else:
    bench_drain(int(sys.argv[1]))
    worker = subprocess.Popen([sys.executable, __file__, "work"])
    time.sleep(4)
    try:
        tell_latencies("pgqueuer", latencies(
            lambda client: client.execute(
                "insert into pgqueuer (priority, status, entrypoint, payload) values (0, 'queued', 'noop', null) returning id").fetchone()[0],
            "select 1 where not exists (select from pgqueuer where id = %s)", int(sys.argv[2])))
    finally:
        worker.kill()
