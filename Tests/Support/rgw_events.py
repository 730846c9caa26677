"""A history of objects on Ceph RGW, and the event notifications that it pushes.

rgw_events.py ENDPOINT BUCKET SEED FOLDER

Makes BUCKET and BUCKET-versions (with versioning), tells RGW to push their events to a listener of this process, and changes objects
in both. FOLDER gets of each bucket NAME.events (what RGW sent, a body a line, in the order of arrival) and NAME.heads (a JSON line
for each object that is there in the end, as HEAD tells it). RGW pushes before it answers, so nothing is outstanding at the end.
"""

import http.server
import json
import os
import random
import sys
import threading

import boto3
from botocore.config import Config

KEYS = ["a.jpg", "folder/b.jpg", "x y+z%20/ä&\"😀.jpg", "100%", "a%2Bb+c", "größe?=#.jpg", "d'q\\e.jpg", "copy"]


class Listener(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def upload_in_parts(s3, bucket, key, body):
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=body)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload=parts)


def change(s3, bucket, chance, versions):
    key = chance.choice(KEYS)
    what = chance.random()
    there = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    if what < 0.5:
        s3.put_object(Bucket=bucket, Key=key, Body=chance.randbytes(chance.randrange(0, 9)))
    elif what < 0.6:
        upload_in_parts(s3, bucket, key, chance.randbytes(100))
    elif what < 0.7 and there:
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": chance.choice(there)["Key"]},
                       MetadataDirective="REPLACE")
    elif what < 0.85 or not versions:
        s3.delete_object(Bucket=bucket, Key=key)
    else:
        kept = s3.list_object_versions(Bucket=bucket)
        kept = kept.get("Versions", []) + kept.get("DeleteMarkers", [])
        if kept:
            one = chance.choice(kept)
            s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def main(endpoint, name, seed, folder):
    options = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": os.environ["AWS_SECRET_ACCESS_KEY"],
    }
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"), **options)
    # RGW knows no other signature there.
    sns = boto3.client("sns", config=Config(signature_version="s3"), **options)
    listener = Listener()
    address = f"http://127.0.0.1:{listener.server_port}"
    topic = sns.create_topic(Name=name, Attributes={"push-endpoint": address})["TopicArn"]
    for bucket in (name, name + "-versions"):
        versions = bucket != name
        s3.create_bucket(Bucket=bucket)
        if versions:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        configuration = {"Id": "all", "TopicArn": topic, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"TopicConfigurations": [configuration]})
        listener.bodies.clear()
        chance = random.Random(seed)
        for _ in range(120):
            change(s3, bucket, chance, versions)
        with open(os.path.join(folder, bucket + ".events"), "w") as events:
            events.writelines(body + "\n" for body in listener.bodies)
        with open(os.path.join(folder, bucket + ".heads"), "w") as heads:
            for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                head = s3.head_object(Bucket=bucket, Key=entry["Key"])
                heads.write(json.dumps({
                    "key": entry["Key"], "size": head["ContentLength"], "etag": head["ETag"].strip('"'),
                    "seconds": int(head["LastModified"].timestamp())}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
