"""A door in front of an S3 server that can be shut, in whole or in part, and that remembers who went through.

    gateway.py ENDPOINT RULES JOURNAL      prints its port on 127.0.0.1

RULES is a file of lines `METHOD PATTERN ACTION`, read for each request; the first line counts whose method is the request's
(or *) and whose regular expression is found in its path. ACTION: a status to answer with, `drop` to close the connection without an
answer, `hold` to wait until the rule is gone. Where no line fits, the request goes to the server as it is.
JOURNAL gets a line `METHOD PATH STATUS SIGNATURE BYTES TOGETHER` for each: how it was signed, the size of its body, and how
many were on their way with it; of those that are held also `HELD PATH` at once.
"""

import http.client
import http.server
import re
import sys
import threading
import time
import urllib.parse

UPSTREAM = urllib.parse.urlsplit(sys.argv[1]).netloc
RULES, JOURNAL = sys.argv[2:4]
CODES = {403: "AccessDenied", 404: "NoSuchKey"}
HOP_BY_HOP = ("connection", "keep-alive", "expect", "transfer-encoding")
lock = threading.Lock()
together = 0


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    upstream = None

    def pass_through(self):
        global together
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            together += 1
            beside = together
        status = "broken"
        try:
            status = self.answered(body)
        finally:
            with lock:
                together -= 1
                with open(JOURNAL, "a") as journal:
                    journal.write(f"{self.command} {self.path.split('?')[0]} {status} {self.signature()} {len(body)} {beside}\n")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_through

    def answered(self, body):
        if self.action() == "hold":
            self.tell("HELD")
        while (action := self.action()) == "hold":
            time.sleep(0.05)
        if action == "drop":
            self.close_connection = True
            return action
        if action:
            code = CODES.get(int(action), "InternalError")
            self.answer(int(action), [("Content-Type", "application/xml")], f"<Error><Code>{code}</Code></Error>".encode())
            return action
        if self.upstream is None:
            self.upstream = http.client.HTTPConnection(UPSTREAM)
        self.upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.upstream.putheader(name, value)
        self.upstream.endheaders(body)
        reply = self.upstream.getresponse()
        self.answer(reply.status, reply.getheaders(), reply.read())
        return reply.status

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in (*HOP_BY_HOP, "content-length") or (name.lower() == "content-length" and self.command == "HEAD"):
                self.send_header(name, value)
        if self.command != "HEAD" and status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def action(self):
        with open(RULES) as rules:
            for line in rules:
                method, pattern, action = line.split()
                if method in ("*", self.command) and re.search(pattern, self.path.split("?")[0]):
                    return action
        return None

    def signature(self):
        if "X-Amz-Algorithm=" in self.path:
            return re.search("X-Amz-Algorithm=([^&]*)", self.path)[1]
        return self.headers.get("Authorization", "none").split()[0]

    def tell(self, what):
        with lock, open(JOURNAL, "a") as journal:
            journal.write(f"{what} {self.path.split('?')[0]}\n")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
server.daemon_threads = True
server.request_queue_size = 128
server.handle_error = lambda *_: None  # a client that was stopped reads no answer
print(server.server_address[1], flush=True)
server.serve_forever()
