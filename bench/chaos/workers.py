"""The workers: started, killed, and started again at once."""

import collections
import os
import random
import signal
import subprocess
import threading
import time


class Workers:
    """Some worker processes; a thread starts each anew that has ended, whoever ended it."""

    def __init__(self, site, count=4, options=("--lease", "3", "--write-timeout", "2"), spares_last=True):
        self.site, self.options = site, options
        self.mortal = count - 1 if spares_last else count
        self.counts = collections.Counter()
        self.own_ends = []
        self.stopping = False
        self.lock = threading.Lock()
        self.processes = [self._start(number) for number in range(count)]
        self.killed = set()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _start(self, number):
        self.counts["starts"] += 1
        with open(self._log(number), "a") as log:
            process = subprocess.Popen(
                [self.site.program, "worker", *self.options, "--name", f"chaos-{number}"],
                env=self.site.worker_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        process.log_begin = os.path.getsize(self._log(number))
        return process

    def _log(self, number):
        return os.path.join(self.site.work, f"worker-{number}.log")

    def _watch(self):
        while not self.stopping:
            for number, process in enumerate(self.processes):
                if process.poll() is None:
                    continue
                if process.pid not in self.killed:
                    self._note_own_end(number, process)
                    time.sleep(0.2)
                self.processes[number] = self._start(number)
            time.sleep(0.02)

    def _note_own_end(self, number, process):
        with open(self._log(number), "rb") as log:
            log.seek(process.log_begin)
            said = log.read().decode(errors="replace")
        if "Worker started" in said:
            self.own_ends.append(f"worker {number} ended by itself with {process.returncode}: {said[-600:]}")
        else:
            # Without its database a worker does not begin.
            self.counts["could not start"] += 1

    def kill(self, pids=()):
        """Kills one, of `pids` where one of them lives, but where the last is spared never that: it shows what takes longer to show than the others live."""
        mortal = self.processes[:self.mortal]
        process = random.choice([process for process in mortal if process.pid in pids] or mortal)
        self.killed.add(process.pid)
        process.kill()
        self.counts["kill -9"] += 1

    def pause(self):
        """Stops a worker process for a while, less than its lease and a write may take; gives what lets it go on."""
        process = random.choice(self.processes)
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            self.counts["paused"] += 1
        return lambda: process.poll() is None and process.send_signal(signal.SIGCONT)

    def stop(self, patience=30):
        """SIGTERM; gives the exit statuses."""
        self.stopping = True
        self.thread.join()
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        statuses = []
        for process in self.processes:
            try:
                statuses.append(process.wait(timeout=patience))
            except subprocess.TimeoutExpired:
                process.kill()
                statuses.append("did not end")
        return statuses
