"""What is done to the workers, their connections and the server while jobs run."""

import collections
import heapq
import itertools
import os
import random
import signal
import subprocess
import threading
import time

import psycopg


class Havoc(threading.Thread):
    """Does random harm until it is stopped, and then lets go of all that it holds."""

    def __init__(self, site, workers, restart_every):
        super().__init__()
        self.site, self.workers = site, workers
        self.counts = collections.Counter()
        self.problems = []
        self.ending = threading.Event()
        self.order = itertools.count()
        # Seconds between the acts of a kind, on average.
        self.acts = {
            self.kill_worker: 2.0, self.terminate_any: 2.5, self.terminate_listener: 4.0, self.freeze_listener: 9.0,
            self.silence_listener: 6.0, self.silence_other: 8.0, self.freeze_any: 12.0,
            self.pause_worker: 6.0, self.restart_server: restart_every}
        self.agenda = []
        self.thaws = []
        self.connection = None

    def run(self):
        for act in self.acts:
            self._plan(act)
        while not self.ending.wait(max(0, self.agenda[0][0] - time.monotonic())):
            _, _, act = heapq.heappop(self.agenda)
            try:
                act()
            except psycopg.Error:
                self.connection = None
            self._plan(act)
        for thaw in self.thaws:
            thaw.join()

    def stop(self):
        self.ending.set()
        self.join()

    def _plan(self, act):
        mean = self.acts[act]
        # The server goes down at regular times, so that a run of a minute sees it too.
        pause = mean * random.uniform(0.8, 1.2) if act == self.restart_server else random.expovariate(1 / mean)
        heapq.heappush(self.agenda, (time.monotonic() + pause, next(self.order), act))

    def _later(self, seconds, act):
        """In a thread of its own: what stands still may hold up this one."""
        timer = threading.Timer(seconds, act)
        self.thaws.append(timer)
        timer.start()

    def _query(self, query):
        if self.connection is None:
            self.connection = self.site.connect("havoc", patience=5, autocommit=True)
        return self.connection.execute(query).fetchall()

    def _backend(self, listening):
        rows = self._query(
            "select pid from pg_stat_activity where application_name "
            + ("= 's3cache listener'" if listening else "= 's3cache'"))
        return random.choice(rows)[0] if rows else None

    def kill_worker(self):
        self.workers.kill()

    def terminate_any(self):
        self._terminate(listening=False)

    def terminate_listener(self):
        self._terminate(listening=True)

    def _terminate(self, listening):
        backend = self._backend(listening)
        if backend is not None:
            self._query(f"select pg_terminate_backend({backend})")
            self.counts["listener terminated" if listening else "connection terminated"] += 1

    def freeze_listener(self):
        self._freeze(self._backend(listening=True), random.uniform(3, 14), "listener standing still")

    def freeze_any(self):
        # It may hold locks that everybody waits for.
        self._freeze(self._backend(listening=False), random.uniform(0.5, 4), "connection standing still")

    def silence_listener(self):
        self.site.silence("listener")

    def silence_other(self):
        self.site.silence("other")

    def _freeze(self, backend, seconds, name):
        if backend is None or not self._signal(backend, signal.SIGSTOP):
            return
        self.counts[name] += 1
        self._later(seconds, lambda: self._signal(backend, signal.SIGCONT))

    def _signal(self, backend, number):
        try:
            with open(f"/proc/{backend}/cmdline", "rb") as line:
                if not line.read().startswith(b"postgres:"):
                    return False
            os.kill(backend, number)
            return True
        except (FileNotFoundError, ProcessLookupError):
            return False

    def pause_worker(self):
        self._later(random.uniform(0.3, 3), self.workers.pause())

    def restart_server(self):
        self.connection = None
        pg_ctl = os.path.join(self.site.bindir, "pg_ctl")
        self.site.as_server(
            pg_ctl, "-D", self.site.data, "-m", "immediate", "-w", "-t", "60", "-s", "stop", capture_output=True)
        self.counts["server restarts"] += 1
        time.sleep(random.uniform(0, 2))
        start_server(self.site, self.problems)


def start_server(site, problems):
    script = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "scripts", "test-cluster.sh")
    started = subprocess.run([script, "start", site.server], capture_output=True, text=True, check=False)
    if started.returncode:
        problems.append(f"the server does not start: {started.stderr}")
