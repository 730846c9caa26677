"""What processes have used, from /proc."""

import os
import pathlib
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(process):
    """The fields of /proc/PROCESS/stat behind the name, or nothing once it is gone."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu(process):
    """Seconds of processor time of a process that runs; 0 once it is gone."""
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def peak(process):
    """The most memory that a process has had resident, in MB; 0 once it is gone."""
    try:
        with open(f"/proc/{process}/status") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")), 0.0)
    except OSError:
        return 0.0


def cluster_cpu():
    """Seconds of processor time of the PostgreSQL server whose socket is in PGHOST: of those that have ended, and of those that run."""
    postmaster = (pathlib.Path(os.environ["PGHOST"]) / "data/postmaster.pid").read_text().split()[0]
    own = _stat(postmaster)
    ticks = sum(map(int, own[11:15]))
    for process in filter(str.isdigit, os.listdir("/proc")):
        fields = _stat(process)
        if fields and fields[1] == postmaster:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def watch(command, environment, directory=None):
    """Seconds, CPU seconds and peak MB of a process, from its start to its end; what it prints is thrown away."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    highest = 0.0
    while True:
        highest = max(highest, peak(process.pid))
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            break
        time.sleep(0.01)
    if process.returncode:
        raise RuntimeError(f"failed: {command}")
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime, highest
