"""A bucket with versions on Ceph RGW, and reports of it as Amazon S3 Inventory writes them.

rgw_inventory.py fill ENDPOINT BUCKET SEED         makes BUCKET and BUCKET-reports, and objects with odd keys, versions and deletions
rgw_inventory.py report ENDPOINT BUCKET PATH [FAULT]  writes a report of BUCKET below PATH of BUCKET-reports, unsorted, spoilt by FAULT
rgw_inventory.py change ENDPOINT BUCKET            changes objects, and prints the events of that, a line each
rgw_inventory.py synthetic ENDPOINT BUCKET PATH COUNT  writes a report of COUNT objects that BUCKET does not have
"""

import csv
import datetime
import gzip
import hashlib
import io
import json
import random
import sys
import time
import urllib.parse

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

import odd_keys

SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded"
FILES = 5


def fill(s3, bucket, seed):
    chance = random.Random(seed)
    s3.create_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket + "-reports")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for _, (_, key) in zip(range(500), odd_keys.keys(seed)):
        try:
            for _ in range(chance.choice([1, 1, 1, 2, 3])):
                s3.put_object(Bucket=bucket, Key=key, Body=chance.randbytes(chance.randrange(20)))
            if chance.random() < 0.15:
                s3.delete_object(Bucket=bucket, Key=key)
        except (BotoCoreError, ClientError):
            continue  # no key for this server
    for name in ("uploaded", "deleted", "event-written", "event-deleted"):
        s3.put_object(Bucket=bucket, Key=f"later/{name}.jpg", Body=b"before")


def rows(s3, bucket):
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            yield [bucket, version["Key"], version["VersionId"], str(version["IsLatest"]).lower(), "false", str(version["Size"]),
                   moment(version["LastModified"]), version["ETag"].strip('"'), version["StorageClass"], "false"]
        for marker in page.get("DeleteMarkers", []):
            yield [bucket, marker["Key"], marker["VersionId"], str(marker["IsLatest"]).lower(), "true", "",
                   moment(marker["LastModified"]), "", "", ""]


def moment(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write(s3, bucket, path, all_rows, fault=None):
    random.Random(1).shuffle(all_rows)
    latest = next(row for row in all_rows if row[3] == "true" and row[4] == "false")
    if fault == "row":
        latest[5] = "many"
    if fault == "twice":
        all_rows.append(latest)
    files = []
    for number in range(FILES):
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in all_rows[number::FILES]:
            writer.writerow([row[0], urllib.parse.quote_plus(row[1], safe="/"), *row[2:]])
        body = gzip.compress(text.getvalue().encode())
        key = f"{path}data/{number}.csv.gz"
        files.append({"key": key, "size": len(body), "MD5checksum": hashlib.md5(body).hexdigest()})
        if fault == "bytes" and number == 3:
            body = body[:-9] + bytes([body[-9] ^ 1]) + body[-8:]
        if fault != "missing" or number != 3:
            s3.put_object(Bucket=bucket + "-reports", Key=key, Body=body)
    manifest = {
        "sourceBucket": "other" if fault == "bucket" else bucket, "destinationBucket": f"arn:aws:s3:::{bucket}-reports",
        "version": "2016-11-30", "creationTimestamp": str(int(time.time() * 1000)),
        "fileFormat": "Parquet" if fault == "parquet" else "CSV", "fileSchema": SCHEMA, "files": files,
    }
    s3.put_object(Bucket=bucket + "-reports", Key=path + "manifest.json", Body=json.dumps(manifest).encode())


def change(s3, bucket):
    s3.put_object(Bucket=bucket, Key="later/added.jpg", Body=b"added")
    for number, key in enumerate(["later/event-written.jpg", "later/event-new.jpg"]):
        etag = s3.put_object(Bucket=bucket, Key=key, Body=b"by an event")["ETag"]
        head = s3.head_object(Bucket=bucket, Key=key)
        tell(bucket, "ObjectCreated:Put", key, head["LastModified"], {"size": 11, "eTag": etag.strip('"')}, number)
    s3.delete_object(Bucket=bucket, Key="later/event-deleted.jpg")
    tell(bucket, "ObjectRemoved:DeleteMarkerCreated", "later/event-deleted.jpg", datetime.datetime.now(datetime.timezone.utc), {}, 3)


def tell(bucket, name, key, at, details, number):
    print(json.dumps({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": name, "eventTime": moment(at),
        "s3": {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": f"00000000000000{number:02d}", **details}}}]}))


def main():
    command, endpoint, bucket, *rest = sys.argv[1:]
    s3 = boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
    if command == "fill":
        fill(s3, bucket, int(rest[0]))
    elif command == "report":
        write(s3, bucket, rest[0], list(rows(s3, bucket)), *rest[1:])
    elif command == "change":
        change(s3, bucket)
    elif command == "synthetic":
        if bucket + "-reports" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=bucket + "-reports")
        write(s3, bucket, rest[0], [
            [bucket, f"{number * 7919 % 1000003:07d}.jpg", "", "true", "false", str(number), "2024-01-02T03:04:05.000Z", f"e{number}",
             "STANDARD", "false"] for number in range(int(rest[1]))])


main()
