"""What another program sees of a bucket, and does to it: boto3, with the credentials of the environment, past the gateway.

    bucket.py ENDPOINT BUCKET make | remove | keys [PREFIX] | put KEY=FILE… | delete KEY… |
        many PREFIX COUNT | head KEY | policy FILE | no-policy | rules | set-rules FILE
"""

import concurrent.futures
import json
import sys

import boto3
import pictures
from botocore.config import Config
from botocore.exceptions import ClientError


def main():
    endpoint, bucket, command, *arguments = sys.argv[1:]
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
                      config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, max_pool_connections=16))

    def keys(prefix=""):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    if command == "make":
        s3.create_bucket(Bucket=bucket)
    elif command == "remove":
        try:
            for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
                s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
            while True:
                versions = s3.list_object_versions(Bucket=bucket)
                found = [{"Key": one["Key"], "VersionId": one["VersionId"]}
                         for one in versions.get("Versions", []) + versions.get("DeleteMarkers", [])]
                if not found:
                    break
                s3.delete_objects(Bucket=bucket, Delete={"Objects": found})
            s3.delete_bucket(Bucket=bucket)
        except s3.exceptions.NoSuchBucket:
            pass
    elif command == "keys":
        print("\n".join(keys(*arguments)))
    elif command == "put":
        for pair in arguments:
            key, _, path = pair.partition("=")
            with open(path or "/dev/null", "rb") as file:
                s3.put_object(Bucket=bucket, Key=key, Body=file.read())
    elif command == "delete":
        for key in arguments:
            s3.delete_object(Bucket=bucket, Key=key)
    elif command == "many":
        prefix, count = arguments
        names = [f"{prefix}{number:04}.png" for number in range(int(count))]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda name: s3.put_object(Bucket=bucket, Key=name, Body=pictures.picture(".png", name)), names))
    elif command == "head":
        reply = s3.head_object(Bucket=bucket, Key=arguments[0])
        print(json.dumps({"type": reply["ContentType"], "cache": reply.get("CacheControl"), "metadata": reply["Metadata"]}))
    elif command == "policy":
        with open(arguments[0]) as file:
            s3.put_bucket_policy(Bucket=bucket, Policy=file.read())
    elif command == "no-policy":
        s3.delete_bucket_policy(Bucket=bucket)
    elif command == "set-rules":
        with open(arguments[0]) as file:
            s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": json.load(file)})
    elif command == "rules":
        print(json.dumps(s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]))
    else:
        sys.exit(f"{command} is no command")


try:
    main()
except ClientError as error:
    sys.exit(str(error))
