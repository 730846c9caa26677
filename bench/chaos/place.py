"""Where everything is: the database server, the bucket, the sources of faults, the program."""

import os
import subprocess
import sys
import time
import urllib.parse

import boto3
import botocore.config
import psycopg

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Site:
    """Reads the environment that bench/chaos.sh sets; starts what stands before S3 and before the database server."""

    def __init__(self, before_s3="proxy.py", silences=True):
        """What stands before S3 is a script beside this one, for workers alone; so is what makes their connections silent."""
        self.work = os.environ["S3CACHE_CHAOS_WORK"]
        self.program = os.environ["S3CACHE_BINARY"]
        self.server = os.environ["PGHOST"]
        self.data = os.path.join(self.server, "data")
        self.endpoint = os.environ["S3CACHE_TEST_RGW_ENDPOINT"]
        self.keys = (os.environ["S3CACHE_TEST_RGW_ACCESS_KEY"], os.environ["S3CACHE_TEST_RGW_SECRET_KEY"])
        self.bucket = f"chaos-{os.getpid()}"
        self.bindir = subprocess.check_output([os.environ.get("PG_CONFIG", "pg_config"), "--bindir"], text=True).strip()
        self.proxy = subprocess.Popen(
            [sys.executable, os.path.join(os.path.dirname(__file__), before_s3), urllib.parse.urlsplit(self.endpoint).netloc],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.proxy_port = int(self.proxy.stdout.readline())
        self.entrance, self.silencer = self.server, None
        if silences:
            self._stand_before_server()

    def _stand_before_server(self):
        # Workers, and nobody else, reach the server through this one.
        self.entrance = os.path.join(self.work, "entrance")
        os.mkdir(self.entrance)
        self.silencer = subprocess.Popen(
            [sys.executable, os.path.join(os.path.dirname(__file__), "silencer.py"),
                os.path.join(self.entrance, ".s.PGSQL.5432"), os.path.join(self.server, ".s.PGSQL.5432")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.silencer.stdout.readline()

    def s3(self):
        """A client that goes past the fault source."""
        return boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=self.keys[0], aws_secret_access_key=self.keys[1],
            region_name="us-east-1", config=botocore.config.Config(s3={"addressing_style": "path"}))

    def worker_environment(self):
        return os.environ | {
            "PGHOST": self.entrance, "PGPORT": "5432",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.proxy_port}", "AWS_ACCESS_KEY_ID": self.keys[0],
            "AWS_SECRET_ACCESS_KEY": self.keys[1], "AWS_REGION": "us-east-1", "S3_BUCKET": self.bucket}

    def faults(self, on):
        self.tell_proxy("on" if on else "off")

    def tell_proxy(self, order):
        """Gives an order to what stands before S3."""
        self.proxy.stdin.write(order + "\n")
        self.proxy.stdin.flush()

    def silence(self, which):
        """Makes a connection of a worker half open: a `listener`, or an `other`."""
        self.silencer.stdin.write(which + "\n")
        self.silencer.stdin.flush()

    def connect(self, name="chaos", patience=60, **options):
        """A connection, as soon as the server takes one."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return psycopg.connect(f"application_name={name} connect_timeout=10", **options)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def as_server(self, *command, **options):
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return subprocess.run([*prefix, *command], cwd="/", check=False, **options)

    def close(self):
        """Ends the sources of faults; gives what each did, as JSON."""
        return [source.communicate(timeout=10)[0].strip() for source in (self.proxy, self.silencer) if source is not None]


def migrate(site):
    """Makes the database's objects as the program does."""
    subprocess.run([site.program, "migrate"], env=site.worker_environment(), check=True, stdout=subprocess.DEVNULL)
