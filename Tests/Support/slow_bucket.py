"""A bucket that takes its time: lists `<folder>/<number>` keys, a thousand a page, and makes one page after another, whoever asks.

    slow_bucket.py SECONDS FILE

Each page takes so many seconds; who asks while eight others wait is told 503 Slow Down. Prints its port. Appends where a page
begins to FILE, before it answers: its prefix, a space, and the key that it comes after.
"""

import http.server
import sys
import threading
import time
import urllib.parse
import xml.sax.saxutils

KEYS = sorted(f"{folder}/{number:05}" for folder in ("a", "b") for number in range(20_000))
PAUSE, JOURNAL = float(sys.argv[1]), sys.argv[2]
at_work, waiting = threading.Lock(), threading.BoundedSemaphore(8)


class Bucket(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))
        if "list-type" not in query:
            return self.answer(404, "<Error><Code>NoSuchKey</Code></Error>")
        if not waiting.acquire(blocking=False):
            return self.answer(503, "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>")
        try:
            self.list(query)
        finally:
            waiting.release()

    def list(self, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
        after = max(query.get("start-after", ""), query.get("continuation-token", ""))
        with open(JOURNAL, "a") as journal:
            journal.write(f"{prefix} {after}\n")
        with at_work:
            time.sleep(PAUSE)
        size = int(query.get("max-keys", 1000))
        entries = []  # (what the next page comes after, element)
        for key in KEYS:
            if not key.startswith(prefix) or key <= after:
                continue
            rest = key[len(prefix):]
            if delimiter and delimiter in rest:
                common = prefix + rest.split(delimiter)[0] + delimiter
                if not entries or entries[-1][1] != f"<CommonPrefixes><Prefix>{common}</Prefix></CommonPrefixes>":
                    entries.append((common + "\U0010ffff", f"<CommonPrefixes><Prefix>{common}</Prefix></CommonPrefixes>"))
            else:
                entries.append((key, (
                    f"<Contents><Key>{key}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified>"
                    '<ETag>"d41d8cd98f00b204e9800998ecf8427e"</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>')))
        page, more = entries[:size], len(entries) > size
        token = f"<NextContinuationToken>{xml.sax.saxutils.escape(page[-1][0])}</NextContinuationToken>" if more else ""
        self.answer(200, (
            f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>slow</Name>'
            f"<Prefix>{prefix}</Prefix><KeyCount>{len(page)}</KeyCount><MaxKeys>{size}</MaxKeys><EncodingType>url</EncodingType>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(element for _, element in page)}</ListBucketResult>"))

    def do_HEAD(self):
        self.answer(200, "")

    def answer(self, status, body):
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
server.handle_error = lambda *_: None  # a client that was killed reads no answer
print(server.server_address[1], flush=True)
server.serve_forever()
