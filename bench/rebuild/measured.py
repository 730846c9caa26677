"""One measurement, and what all sides share."""

import dataclasses
import os
import subprocess
import time

import usage

PAGE = 1000  # keys
# The same columns for all that a listing says; sums over all rows, so that two tables can be compared.
DIGEST = (
    "select count(*), coalesce(sum(hashtextextended(filename || ' ' || size || ' ' || etag || ' ' ||"
    " extract(epoch from last_modified)::bigint, 0)), 0) from ")


@dataclasses.dataclass
class Measured:
    """What a side took to bring a bucket into a table."""

    seconds: float
    requests: int
    pages: int
    in_flight: int
    program_cpu: float
    cluster_cpu: float
    peak: float
    rows: tuple
    note: str = ""

    def wasted(self, objects):
        """The part of the pages that a listing without any waste would not ask for."""
        return max(0.0, 1 - max(1, -(-objects // PAGE)) / self.pages) if self.pages else 0.0


def run_pipeline(stages, extra={}):
    """Runs commands, each of which reads what the one before writes: seconds, CPU seconds of all, peak MB of the first."""
    environment = os.environ | {"TZ": "UTC", "PGTZ": "UTC", "LC_ALL": "C", "PGCLIENTENCODING": "UTF8"} | extra
    begin = time.perf_counter()
    processes, source = [], subprocess.DEVNULL
    for number, command in enumerate(stages):
        is_last = number == len(stages) - 1
        process = subprocess.Popen(command, stdin=source, stdout=None if is_last else subprocess.PIPE, env=environment)
        if processes:
            source.close()
        processes.append(process)
        source = process.stdout
    highest, seconds = 0.0, {process.pid: 0.0 for process in processes}
    running = list(processes)
    while running:
        highest = max(highest, usage.peak(processes[0].pid))
        for process in list(running):
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                seconds[ended] = used.ru_utime + used.ru_stime
                process.returncode = os.waitstatus_to_exitcode(status)
                running.remove(process)
        time.sleep(0.01)
    elapsed = time.perf_counter() - begin
    failed = [process.args for process in processes if process.returncode]
    if failed:
        raise RuntimeError(f"failed: {failed}")
    return elapsed, sum(seconds.values()), highest
