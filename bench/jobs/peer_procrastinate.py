"""procrastinate: peer_procrastinate.py N COUNT: drains N no-op jobs, then COUNT latencies."""

import asyncio
import subprocess
import sys
import time

import procrastinate
import psycopg

from measure import latencies, tell, tell_latencies, timed

app = procrastinate.App(connector=procrastinate.PsycopgConnector())


@app.task(name="noop")
async def noop():
    pass


INSERT = "insert into procrastinate_jobs (queue_name, task_name, args, status) select 'default', 'noop', '{}', 'todo'"


async def install():
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


def bench_drain(count):
    asyncio.run(install())
    for workers, concurrency in ((1, 1), (1, 10), (1, 50), (2, 10)):
        async def run(ready):
            async with app.open_async():
                ready()
                await app.run_worker_async(wait=False, concurrency=concurrency, install_signal_handlers=False)

        with psycopg.connect(autocommit=True) as connection:
            connection.execute(INSERT + " from generate_series(1, %s)", [count])
            connection.execute("analyze procrastinate_jobs")
        seconds = timed(workers, lambda ready: asyncio.run(run(ready)))
        tell("procrastinate", f"jobs/s, concurrency {concurrency}" + (f", {workers} workers" if workers > 1 else ""),
            round(count / seconds), "claims one at a time")


async def work():
    async with app.open_async():
        await app.run_worker_async()


if sys.argv[1] == "work":
    asyncio.run(work())
else:
    bench_drain(int(sys.argv[1]))
    worker = subprocess.Popen([sys.executable, __file__, "work"])
    time.sleep(4)
    try:
        tell_latencies("procrastinate", latencies(
            lambda client: client.execute(INSERT + " returning id").fetchone()[0],
            "select 1 from procrastinate_jobs where id = %s and status = 'succeeded'", int(sys.argv[2])))
    finally:
        worker.kill()
