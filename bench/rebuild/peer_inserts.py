"""boto3's listing, a row at a time: peer_inserts.py URL. Commits after each page."""

import sys

import boto3
import psycopg

client = boto3.client(
    "s3", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="bench", aws_secret_access_key="bench")

with psycopg.connect() as connection, connection.cursor() as cursor:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="bench"):
        for item in page.get("Contents", []):
            cursor.execute(
                "insert into peer (filename, size, last_modified, etag) values (%s, %s, %s, %s) on conflict (filename) do nothing",
                [item["Key"], item["Size"], item["LastModified"], item["ETag"].strip('"')])
        connection.commit()
