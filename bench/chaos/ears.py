"""A session that hears which jobs are said to have ended."""

import threading

import psycopg


class Ears(threading.Thread):
    """Listens until it is stopped; whenever its connection is cut, it listens anew, and has missed what was said meanwhile."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site = site
        self.heard = []
        self.ending = threading.Event()

    def run(self):
        while not self.ending.is_set():
            try:
                with self.site.connect("ears", autocommit=True) as connection:
                    connection.execute("listen s3cache_done")
                    while not self.ending.is_set():
                        self.heard += [notice.payload for notice in connection.notifies(timeout=0.5)]
            except psycopg.Error:
                continue

    def stop(self):
        """Gives what was heard, as pairs of a job's id and its state."""
        self.ending.set()
        self.join()
        return [(int(job), state) for job, state in (payload.split(" ") for payload in self.heard)]
