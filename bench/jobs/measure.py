"""What the three sides share: how a number is taken, and how it is told."""

import json
import multiprocessing
import statistics
import time

import psycopg


def tell(side, what, value, note=""):
    print(json.dumps({"side": side, "what": what, "value": value, "note": note}), flush=True)


def timed(workers, work):
    """Seconds that `workers` processes take that begin together: each calls `work(ready)`, which calls `ready()` and then works."""
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(workers + 1)
    processes = [fork.Process(target=work, args=(start.wait,)) for _ in range(workers)]
    for process in processes:
        process.start()
    start.wait(60)
    begin = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - begin
    if any(process.exitcode for process in processes):
        raise RuntimeError("a worker failed")
    return seconds


def percentile(samples, part):
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * part))]


def latencies(enqueue, is_done, count):
    """Milliseconds from COMMIT to a result that another session sees, one job at a time on an idle system.

    `enqueue(connection)` commits and gives a job; `is_done` is a query with the job as its parameter that gives a row once
    the job has ended; it is asked every quarter of a millisecond.
    """
    with psycopg.connect(autocommit=True) as client, psycopg.connect(autocommit=True) as watcher:
        samples = []
        for number in range(count + 10):
            job = enqueue(client)
            committed = time.perf_counter()
            while watcher.execute(is_done, [job], prepare=True).fetchone() is None:
                if time.perf_counter() - committed > 60:
                    raise TimeoutError(f"job {job} did not end")
                time.sleep(0.00025)
            if number >= 10:
                samples.append((time.perf_counter() - committed) * 1000)
            time.sleep(0.02)
    return samples


def tell_latencies(side, samples):
    tell(side, "p50 ms", round(statistics.median(samples), 2))
    tell(side, "p99 ms", round(percentile(samples, 0.99), 2))
