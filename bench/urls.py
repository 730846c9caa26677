#!/usr/bin/env python3
"""Presigned GET URLs a second, made by SQL and by clients of S3: bench/run.sh urls runs it.

    urls.py SIGNBENCH

Needs the database PGDATABASE with the table s3_image_cache filled and signing keys published. All sign with the same
key for the same bucket and the same names. The rounds alternate, and medians are shown: machines are never idle.
"""

import datetime
import os
import re
import statistics
import subprocess
import sys
import time

import boto3
import botocore
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import psycopg

ROUNDS = 5
BUCKET, REGION = "example-bucket", "eu-central-1"
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
EXPIRES = 3600


class SQL:
    """URLs of all rows, made and counted by one statement."""

    def __init__(self, title, included, call, processes=1):
        self.title, self.included, self.processes = title, included, processes
        self.statement = f"select count({call}) from s3_image_cache"
        self.connection = psycopg.connect(autocommit=True)
        self.connection.execute("set max_parallel_workers_per_gather = %d" % (processes - 1))
        if processes > 1:
            for cost in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
                self.connection.execute(f"set {cost} = 0")
            plan = "\n".join(line for (line,) in self.connection.execute(f"explain {self.statement}"))
            assert f"Workers Planned: {processes - 1}" in plan, plan

    def run(self):
        before = self.used()
        (made,) = self.connection.execute(self.statement).fetchone()
        # Those of the other processes are not known.
        return made, self.used() - before if self.processes == 1 else None

    def used(self):
        with open(f"/proc/{self.connection.info.backend_pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client:
    """A library in this process, its client made once."""

    processes = 1

    def __init__(self, title, included, sign):
        self.title, self.included, self.sign = title, included, sign

    def run(self):
        before = time.process_time()
        made = self.sign()
        return made, time.process_time() - before


class SignBench:
    """Its own figure is by CPU time."""

    processes = 1
    title, included = "Swift: the worker's signer", "SigV4 alone"

    def __init__(self, program):
        self.program = program

    def run(self):
        said = subprocess.run([self.program, "500000"], capture_output=True, text=True, check=True).stdout
        rate = int(re.search(r"presigned GET: (\d+) URLs/s", said)[1])
        return 500_000, 500_000 / rate


def names(count):
    with psycopg.connect() as connection:
        return [name for (name,) in connection.execute("select filename from s3_image_cache order by id limit %s", (count,))]


def with_boto3():
    client = boto3.client("s3", region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET)
    keys = names(4000)

    def sign():
        for key in keys:
            client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=EXPIRES)
        return len(keys)

    return Client(f"boto3 {boto3.__version__}", "generate_presigned_url, one client", sign)


def with_botocore():
    auth = botocore.auth.S3SigV4QueryAuth(botocore.credentials.Credentials(KEY, SECRET), "s3", REGION, expires=EXPIRES)
    urls = [f"https://{BUCKET}.s3.{REGION}.amazonaws.com/{name}" for name in names(10_000)]

    def sign():
        for url in urls:
            request = botocore.awsrequest.AWSRequest("GET", url)
            auth.add_auth(request)
        return len(urls)

    return Client(f"botocore {botocore.__version__}", "S3SigV4QueryAuth alone, URLs given", sign)


def with_minio():
    import minio

    client = minio.Minio(f"s3.{REGION}.amazonaws.com", access_key=KEY, secret_key=SECRET, region=REGION)
    keys = names(10_000)

    def sign():
        for key in keys:
            client.presigned_get_object(BUCKET, key, expires=datetime.timedelta(seconds=EXPIRES))
        return len(keys)

    return Client(f"minio {minio.__version__}", "presigned_get_object, one client", sign)


def with_obstore():
    import obstore.store

    store = obstore.store.S3Store(BUCKET, region=REGION, access_key_id=KEY, secret_access_key=SECRET)
    keys = names(50_000)

    def sign():
        return len(obstore.sign(store, "GET", keys, datetime.timedelta(seconds=EXPIRES)))

    return Client(f"obstore {obstore.__version__} (Rust)", "sign, all keys in one call", sign)


def contestants(program):
    yield SQL("s3cache: presigned_url(), one core", "read rows, settings, window rule, sign", "s3cache.presigned_url(filename)")
    yield with_boto3()
    yield SQL("s3cache: url(), one core", "the same, and whether CDN or public", "s3cache.url(filename)")
    if (os.cpu_count() or 1) > 1:
        yield SQL(
            "s3cache: presigned_url(), parallel", "the same, by 2 processes", "s3cache.presigned_url(filename)", processes=2
        )
    yield SQL(
        "s3cache: presigned_url(), odd names",
        "the same, percent-encoding each name",
        "s3cache.presigned_url(filename || ' \u00e4.jpg')",
    )
    yield with_botocore()
    for library in (with_minio, with_obstore):
        try:
            yield library()
        except ImportError as error:
            print(f"{error.name} is not installed: left out")
    yield SignBench(program)


def main(program):
    everyone = list(contestants(program))
    walls, cores = {one: [] for one in everyone}, {one: [] for one in everyone}
    for one in everyone:
        one.run()
    for _ in range(ROUNDS):
        for one in everyone:
            before = time.perf_counter()
            made, used = one.run()
            walls[one].append(made / (time.perf_counter() - before))
            if used:
                cores[one].append(made / used)
    boto = next(one for one in everyone if one.title.startswith("boto3"))
    columns = "{:<36} {:<40} {:>12} {:>16} {:>9}"
    print(columns.format("", "included", "URLs/s", "URLs/CPU second", "to boto3"))
    for one in everyone:
        # By CPU time where that is known: it is what other programs on the machine change least.
        mine, his = (cores[one], cores[boto]) if cores[one] else (walls[one], walls[boto])
        ratio = statistics.median(a / b for a, b in zip(mine, his, strict=True))
        # Of what is a process of its own, starting would count.
        wall = "" if isinstance(one, SignBench) else f"{statistics.median(walls[one]):,.0f}"
        core = f"{statistics.median(cores[one]):,.0f}" if cores[one] else ""
        print(columns.format(one.title, one.included, wall, core, f"{ratio:.1f} x"))
    print(f"Medians of {ROUNDS} alternating rounds; to boto3: of each round, by CPU time where that is known.")
    print("Aims: SQL 100,000 URLs/s on one core and 40 x boto3; Swift 500,000 URLs/s on one core.")


main(sys.argv[1])
