"""A directory into a bucket by boto3's own transfer manager: peer_boto3.py ENDPOINT DIRECTORY BUCKET CONCURRENCY."""

import concurrent.futures
import os
import sys

import boto3
import boto3.s3.transfer
import botocore.config

endpoint, directory, bucket, concurrency = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
    config=botocore.config.Config(s3={"addressing_style": "path"}, max_pool_connections=int(concurrency)))
transfer = boto3.s3.transfer.TransferConfig(multipart_threshold=16 << 20, multipart_chunksize=16 << 20)
with concurrent.futures.ThreadPoolExecutor(int(concurrency)) as pool:
    for upload in [
            pool.submit(s3.upload_file, os.path.join(directory, name), bucket, name, ExtraArgs={"ContentType": "image/png"}, Config=transfer)
            for name in sorted(os.listdir(directory))]:
        upload.result()
