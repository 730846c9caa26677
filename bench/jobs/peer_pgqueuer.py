"""pgqueuer: peer_pgqueuer.py N COUNT: drains N no-op jobs, then COUNT latencies."""

import asyncio
import subprocess
import sys
import time
from datetime import timedelta

import asyncpg
import pgqueuer
import psycopg
from pgqueuer.domain.types import QueueExecutionMode

from measure import latencies, tell, tell_latencies


def manager(connection):
    queue = pgqueuer.QueueManager(pgqueuer.Queries(pgqueuer.AsyncpgDriver(connection)))

    @queue.entrypoint("noop")
    async def noop(job):
        pass

    return queue


async def drain(count):
    connection = await asyncpg.connect()
    queries = pgqueuer.Queries(pgqueuer.AsyncpgDriver(connection))
    await queries.install()
    for batch in (1, 10, 100, 1000):
        wanted = min(count, 200 * batch + 1000)
        await queries.enqueue(["noop"] * wanted, [None] * wanted, [0] * wanted)
        await connection.execute("analyze")
        begin = time.perf_counter()
        await manager(connection).run(batch_size=batch, mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=1))
        seconds = time.perf_counter() - begin
        left = await connection.fetchval("select count(*) from pgqueuer")
        tell("pgqueuer", f"jobs/s, batch {batch}", round((wanted - left) / seconds), f"{left} left" if left else "")
    await connection.close()


async def work():
    await manager(await asyncpg.connect()).run(batch_size=10)


if sys.argv[1] == "work":
    asyncio.run(work())
else:
    asyncio.run(drain(int(sys.argv[1])))
    worker = subprocess.Popen([sys.executable, __file__, "work"])
    time.sleep(4)
    try:
        tell_latencies("pgqueuer", latencies(
            lambda client: client.execute(
                "insert into pgqueuer (priority, status, entrypoint, payload) values (0, 'queued', 'noop', null) returning id").fetchone()[0],
            "select 1 where not exists (select from pgqueuer where id = %s)", int(sys.argv[2])))
    finally:
        worker.kill()
