"""The files of a table's rows into a bucket, and their URLs into the table: s3cache beside a script that does the same.

    main.py PROGRAM DIRECTORY

DIRECTORY takes the files. The settings, from the environment, are explained in bench/run.sh.
"""

import hashlib
import os
import pathlib
import statistics
import sys

import boto3
import botocore.config
import psycopg

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "rebuild"), str(HERE.parent / "uploads")]

import ours
import usage
from files import Files

PROGRAM, DIRECTORY = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
ENDPOINT = os.environ["S3CACHE_TEST_RGW_ENDPOINT"]
KEYS = {"AWS_ACCESS_KEY_ID": os.environ["S3CACHE_TEST_RGW_ACCESS_KEY"], "AWS_SECRET_ACCESS_KEY": os.environ["S3CACHE_TEST_RGW_SECRET_KEY"], "AWS_REGION": "us-east-1"}
ROWS, SIZE = int(os.environ.get("S3CACHE_BENCH_ARCHIVED", "") or 5000), 50_000
ROUNDS = int(os.environ.get("S3CACHE_BENCH_ROUNDS", "") or 3)

TABLE = """
    create table post_media (
        media_id text primary key, post_id text not null, media_type text not null, media_url text not null, local_file_path text, md5_sum text,
        file_size integer, mime_type text, width integer, height integer, archive_url text, created_at timestamp, updated_at timestamp);
    create index idx_media_archive_url on post_media (archive_url) where archive_url is not null;
    select s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url', url_style => 's3',
        path_column => 'local_file_path', md5_column => 'md5_sum', mime_column => 'mime_type', type_column => 'media_type', root => 'cache/media');
"""


def client():
    return boto3.client("s3", endpoint_url=ENDPOINT, aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1", config=botocore.config.Config(s3={"addressing_style": "path"}))


def fill(rows, bucket):
    """A new database and a new bucket: each side begins with the same rows."""
    ours.renew(PROGRAM)
    with psycopg.connect(dbname=ours.DATABASE, autocommit=True) as connection:
        connection.execute("select s3cache.configure(bucket => %s)", [bucket])
        connection.execute(TABLE)
        with connection.cursor().copy(
                "copy post_media (media_id, post_id, media_type, media_url, local_file_path, md5_sum, file_size, mime_type, created_at) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        connection.execute("vacuum analyze post_media")
        connection.execute("checkpoint")
    client().create_bucket(Bucket=bucket)


def wrong(rows, bucket):
    """What is not as it has to be afterwards; nothing if all is."""
    with psycopg.connect(dbname=ours.DATABASE) as connection:
        urls = {url for url, in connection.execute("select archive_url from post_media")}
    stored = {f"s3://{bucket}/{entry['Key']}": entry for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for entry in page.get("Contents", [])}
    digests = {entry["ETag"].strip('"') for entry in stored.values()}
    if urls != set(stored) or digests != {row[5] for row in rows}:
        return f"WRONG: {len(urls)} URLs, {len(stored)} objects, {len(digests)} contents"
    return ""


def by_s3cache(bucket):
    return [PROGRAM, "archive", "post_media"]


def by_script(bucket, threads):
    return [sys.executable, HERE / "peer_boto3.py", ENDPOINT, bucket, str(threads)]


SIDES = {
    "s3cache": by_s3cache,
    "boto3, one by one": lambda bucket: by_script(bucket, 1),
    "boto3, 16 threads": lambda bucket: by_script(bucket, 16),
}


def row(*cells):
    print("{:<20} {:>9} {:>9} {:>8} {:>10} {:>9} {:>9}  {}".format(*cells).rstrip(), flush=True)


def main():
    files = Files(DIRECTORY / "cache/media", "images", ROWS, SIZE)
    rows = []
    for number, path in enumerate(files.paths()):
        digest = hashlib.md5(path.read_bytes()).hexdigest()
        rows.append((f"med-{number:06}", "p", "image", "https://example.com/m", path.relative_to(DIRECTORY).as_posix(), digest, SIZE, "image/png",
            f"2025-{1 + number % 12:02}-01 10:00"))
    print(f"{ROWS} rows with files of {SIZE // 1000} KB, {ROUNDS} rounds, medians; ratio: how many times as fast s3cache is")
    environment = KEYS | {"PGDATABASE": ours.DATABASE, "AWS_ENDPOINT_URL": ENDPOINT, "S3CACHE_FILE_ROOTS": str(DIRECTORY)}
    measured = {who: [] for who in SIDES}
    notes = dict.fromkeys(SIDES, "")
    for turn in range(ROUNDS):
        # Who comes first in a round comes last in the next.
        for who in list(SIDES)[turn % len(SIDES):] + list(SIDES)[:turn % len(SIDES)]:
            bucket = f"bench-{os.getpid()}-{turn}-{''.join(filter(str.isalnum, who)).lower()}"
            fill(rows, bucket)
            server = usage.cluster_cpu()
            used = usage.watch(SIDES[who](bucket), environment, DIRECTORY)
            measured[who].append((*used, usage.cluster_cpu() - server))
            notes[who] = notes[who] or wrong(rows, bucket)
    row("", "seconds", "rows/s", "ratio", "of rounds", "CPU s", "peak MB", "PostgreSQL CPU s")
    for who, rounds in measured.items():
        seconds, cpu, peak, server = (statistics.median(values) for values in zip(*rounds))
        ratios = [theirs[0] / mine[0] for theirs, mine in zip(rounds, measured["s3cache"])]
        row(who, f"{seconds:.2f}", f"{ROWS / seconds:.0f}", f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f}-{max(ratios):.2f}",
            f"{cpu:.2f}", f"{peak:.0f}", f"{server:.2f}  {notes[who]}")


main()
