"""procrastinate: peer_procrastinate.py N COUNT: drains N no-op jobs, then COUNT latencies."""

import asyncio
import subprocess
import sys
import time

import procrastinate
import psycopg

from measure import latencies, tell, tell_latencies

app = procrastinate.App(connector=procrastinate.PsycopgConnector())


@app.task(name="noop")
async def noop():
    pass


INSERT = "insert into procrastinate_jobs (queue_name, task_name, args, status) select 'default', 'noop', '{}', 'todo'"


async def drain(count):
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for concurrency in (1, 10, 50):
            with psycopg.connect(autocommit=True) as connection:
                connection.execute(INSERT + " from generate_series(1, %s)", [count])
                connection.execute("analyze procrastinate_jobs")
            begin = time.perf_counter()
            await app.run_worker_async(wait=False, concurrency=concurrency, install_signal_handlers=False)
            tell("procrastinate", f"jobs/s, concurrency {concurrency}", round(count / (time.perf_counter() - begin)),
                "claims one at a time")


async def work():
    async with app.open_async():
        await app.run_worker_async()


if sys.argv[1] == "work":
    asyncio.run(work())
else:
    asyncio.run(drain(int(sys.argv[1])))
    worker = subprocess.Popen([sys.executable, __file__, "work"])
    time.sleep(4)
    try:
        tell_latencies("procrastinate", latencies(
            lambda client: client.execute(INSERT + " returning id").fetchone()[0],
            "select 1 from procrastinate_jobs where id = %s and status = 'succeeded'", int(sys.argv[2])))
    finally:
        worker.kill()
