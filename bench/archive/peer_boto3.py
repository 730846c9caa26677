"""Archives as a script does: for each row one PUT, then one UPDATE, so many rows at a time: peer_boto3.py ENDPOINT BUCKET THREADS.

It runs where the files are, and prints a line a row.
"""

import concurrent.futures
import hashlib
import os
import sys
import threading

import boto3
import botocore.config
import psycopg

endpoint, bucket, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
    config=botocore.config.Config(s3={"addressing_style": "path"}, max_pool_connections=threads))
own = threading.local()


def connection():
    """The thread's own."""
    if not hasattr(own, "connection"):
        own.connection = psycopg.connect(autocommit=True)
    return own.connection


def archive(row):
    media_id, path, expected, mime_type, created_at = row
    with open(path, "rb") as file:
        content = file.read()
    if hashlib.md5(content).hexdigest() != expected:
        raise RuntimeError(f"{media_id}: another MD5")
    key = f"cache/{created_at:%Y}/{created_at:%m}/{os.path.basename(path)}"
    s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=mime_type)
    connection().execute("update post_media set archive_url = %s where media_id = %s", [f"s3://{bucket}/{key}", media_id])
    print(f"  ✓ {media_id}: {os.path.basename(path)} → {key}")


rows = connection().execute(
    "select media_id, local_file_path, md5_sum, mime_type, created_at from post_media where archive_url is null order by created_at").fetchall()
if threads == 1:
    for row in rows:
        archive(row)
else:
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(archive, rows):
            pass
