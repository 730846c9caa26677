"""A content delivery network of one machine: it reads a bucket with an identity of its own, and keeps what it has read.

    cdn.py BUCKET      with AWS_ENDPOINT_URL and credentials in the environment; prints its port on 127.0.0.1

GET and HEAD bring an object, with `X-Cache: hit` where it was kept; PURGE forgets one. Nobody needs a signature.
"""

import http.server
import sys
import threading
import urllib.parse

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = sys.argv[1]
s3 = boto3.client("s3", region_name="us-east-1", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}))
lock = threading.Lock()
kept = {}


class Edge(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        key = self.key()
        with lock:
            found = kept.get(key)
        try:
            headers, body = found or self.read(key)
        except ClientError as error:
            return self.answer(error.response["ResponseMetadata"]["HTTPStatusCode"], {}, b"")
        self.answer(200, {**headers, "X-Cache": "hit" if found else "miss"}, body)

    do_HEAD = do_GET

    def do_PURGE(self):
        with lock:
            kept.pop(self.key(), None)
        self.answer(200, {}, b"")

    def read(self, key):
        reply = s3.get_object(Bucket=BUCKET, Key=key)
        headers = {"Content-Type": reply["ContentType"], "Cache-Control": reply.get("CacheControl", "max-age=60")}
        with lock:
            kept[key] = headers, reply["Body"].read()
            return kept[key]

    def key(self):
        return urllib.parse.unquote(self.path.partition("?")[0][1:])

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Edge)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
