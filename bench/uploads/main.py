"""Files into a bucket: s3cache beside others, on the same server.

    main.py PROGRAM DIRECTORY

DIRECTORY takes the files. The settings, from the environment, are explained in bench/run.sh.
"""

import hashlib
import os
import pathlib
import sys
import time

import boto3
import botocore.config

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "rebuild"))

import ours
import usage
from files import Files

PROGRAM, DIRECTORY = sys.argv[1], pathlib.Path(sys.argv[2])
ENDPOINT = os.environ["S3CACHE_TEST_RGW_ENDPOINT"]
KEYS = {"AWS_ACCESS_KEY_ID": os.environ["S3CACHE_TEST_RGW_ACCESS_KEY"], "AWS_SECRET_ACCESS_KEY": os.environ["S3CACHE_TEST_RGW_SECRET_KEY"], "AWS_REGION": "us-east-1"}
TOOLS = pathlib.Path(sys.executable).parent
ROUNDS = int(os.environ.get("S3CACHE_BENCH_ROUNDS", "") or 1)
CONCURRENCY = os.environ.get("S3CACHE_BENCH_UPLOADS_AT_ONCE", "") or "16"


def client():
    return boto3.client("s3", endpoint_url=ENDPOINT, aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1", config=botocore.config.Config(s3={"addressing_style": "path"}))


def complete(bucket, files):
    """Whether the bucket holds these files, by number and size, and the first by its bytes."""
    sizes = [entry["Size"] for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket) for entry in page.get("Contents", [])]
    if sizes != [files.size] * files.count:
        return f"WRONG: {len(sizes)} objects"
    first = client().list_objects_v2(Bucket=bucket, MaxKeys=1)["Contents"][0]["Key"]
    body, digest = client().get_object(Bucket=bucket, Key=first)["Body"], hashlib.sha256()
    for chunk in body.iter_chunks(1 << 20):
        digest.update(chunk)
    return "" if digest.digest() == hashlib.sha256(files.paths()[0].read_bytes()).digest() else "WRONG: other bytes"


def watch(command):
    return usage.watch(command, KEYS)


def s5cmd(files, bucket):
    return watch([TOOLS / "s5cmd", "--endpoint-url", ENDPOINT, "--numworkers", CONCURRENCY, "cp", f"{files.folder}/", f"s3://{bucket}/"])


def rclone(files, bucket):
    return watch([TOOLS / "rclone", "--config", "", "copy", "--no-traverse", "--transfers", CONCURRENCY, files.folder,
        f":s3,provider=Ceph,env_auth,force_path_style,no_check_bucket,endpoint='{ENDPOINT}':{bucket}"])


def by_boto3(files, bucket):
    return watch([sys.executable, HERE / "peer_boto3.py", ENDPOINT, files.folder, bucket, CONCURRENCY])


class Server:
    """The server as the worker of bench/rebuild knows it."""

    url = ENDPOINT


def worker_for(bucket):
    ours.renew(PROGRAM)
    os.environ["S3CACHE_FILE_ROOTS"] = str(DIRECTORY)
    os.environ["S3CACHE_BENCH_WORKER"] = f"--concurrency {CONCURRENCY}"
    ours.SECRET.update(KEYS)
    worker = ours.Worker(PROGRAM, Server)
    worker.bucket = bucket
    return worker


def by_s3cache(files, bucket, call):
    """Jobs that are asked for one after the other in one transaction, and run from its COMMIT on."""
    with worker_for(bucket) as worker:
        worker.connection.execute("select s3cache.configure(bucket => %s, max_bytes => 1073741824)", [bucket])
        with worker.connection.transaction():
            for path in files.paths():
                content = path.relative_to(DIRECTORY).as_posix() if call == "upload_file" else path.read_bytes()
                worker.connection.execute(f"select s3cache.{call}(%s, %b)" if call == "upload" else f"select s3cache.{call}(%s, %s)", [path.name, content])
        cpu, server = usage.cpu(worker.process.pid), usage.cluster_cpu()
        begin = time.perf_counter()
        worker.until("select 1 where not exists (select from s3cache.job)", [])
        seconds = time.perf_counter() - begin
        cpu, server = usage.cpu(worker.process.pid) - cpu, usage.cluster_cpu() - server
        failed = worker.connection.execute("select count(*), min(error) from s3cache.job_history where state <> 'done'").fetchone()
        if failed[0]:
            raise RuntimeError(f"{failed[0]} uploads failed: {failed[1]}")
        return seconds, cpu, usage.peak(worker.process.pid), server


SIDES = {
    "s3cache, files": lambda files, bucket: by_s3cache(files, bucket, "upload_file"),
    "s3cache, bytea": lambda files, bucket: by_s3cache(files, bucket, "upload"),
    "s5cmd cp": s5cmd, "rclone copy": rclone, "boto3": by_boto3,
}


def row(*cells):
    print("{:<14} {:<16} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9}  {}".format(*cells).rstrip(), flush=True)


def main():
    small, large = (int(os.environ.get(f"S3CACHE_BENCH_{name}", "") or default) for name, default in (("SMALL", 2000), ("LARGE", 4)))
    row("files", "", "seconds", "MB/s", "ratio", "CPU s", "server", "peak MB", "")
    for files in (Files(DIRECTORY, f"{small} x 20 KB", small, 20_000), Files(DIRECTORY, f"{large} x 256 MB", large, 256_000_000)):
        measured = {}
        for who, side in SIDES.items():
            if who == "s3cache, bytea" and files.size > 200_000_000:
                continue  # a bytea that large would be one message of half a gigabyte
            rounds = []
            for number in range(ROUNDS):
                bucket = f"bench-{os.getpid()}-{files.size}-{number}-{''.join(filter(str.isalnum, who)).lower()}"
                client().create_bucket(Bucket=bucket)
                rounds.append((*side(files, bucket), complete(bucket, files)))
            measured[who] = sorted(rounds, key=lambda one: one[0])[len(rounds) // 2]
        peers = [one[0] for who, one in measured.items() if not who.startswith("s3cache")]
        for who, (seconds, cpu, peak, *server, note) in measured.items():
            row(files.name, who, f"{seconds:.2f}", f"{files.count * files.size / seconds / 1e6:.1f}", f"{min(peers) / seconds:.2f}", f"{cpu:.2f}",
                f"{server[0]:.2f}" if server else "", f"{peak:.0f}", note)
        print()


main()
