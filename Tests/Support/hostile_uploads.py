#!/usr/bin/env python3
"""What no cache may take, by every way into one, on a real bucket; Tests/scripts/hostile_uploads.sh runs it.

    hostile_uploads.py DIRECTORY

DIRECTORY is one of the worker's S3CACHE_FILE_ROOTS. On standard output: first a line with the port of the host that the worker
may fetch from; then, once a line has come in, a line a test. Ends with status 1 if one failed.
"""

import base64
import collections
import os
import re
import socket
import sys
import time
import urllib.parse

import boto3
import botocore.config
import psycopg

import hostile_files
import hostile_host
import hostile_urls
from proof import prove, unless
import proof

PATIENCE = 300  # seconds that all jobs together may take
LONG = "x" * 1021 + ".png"  # 1,025 bytes
GOOD = hostile_files.png(9, 9)

# What SQL says, and what a job's error, of each code.
SAID = {
    "content_empty": ("it has no bytes", "has no bytes"),
    "content_type_unknown": ("its bytes are of no type that is known", "of no type that is known"),
    "content_type_not_allowed": ("and the cache takes", "^The content is .*, and the cache takes"),
    "content_type_malformed": ("content_type cannot be", "is not a media type"),
    "content_type_mismatch": ("it is declared as", "is declared as"),
    "content_extension_mismatch": ("its name is that of", "^The key ends in"),
    "content_truncated": (None, "ends in the middle|cut off|before its|ends"),
    "content_malformed": (None, "anew"),
    "content_unsupported": (None, "common program|UTF-8 or UTF-16"),
    "content_active": (None, "more than a picture"),
    "content_hidden": (None, "^The image (holds|is) .* as well"),
    "too_many_pixels": (None, "pixels.*, and the cache takes"),
    "too_large": ("the setting max_bytes", "bytes, and the cache takes"),
    "file_not_allowed": (None, "S3CACHE_FILE_ROOTS|below a root|regular file"),
    "file_not_found": (None, "^There is no file"),
    "no_such_key": (None, "There is no object"),
    "fetch_refused_address": (None, "not on the public internet"),
    "fetch_refused_url": (None, "does not fetch from port"),
    "fetch_bad_url": (None, "^The URL "),
    "fetch_redirects": (None, "redirect"),
    "fetch_status": (None, "answered with status"),
    "fetch_encoded": (None, "compressed"),
    "fetch_too_large": (None, "larger than"),
    "fetch_malformed": (None, "HTTP|headers|announced a length"),
}


class Inputs:
    """Asks for what has to be refused, and gathers what is said."""

    def __init__(self, connection):
        self.connection = connection
        self.jobs, self.said, self.problems = {}, collections.defaultdict(set), []
        self.whats = set()

    def offer(self, what, code, query, *arguments, sqlstate="22023"):
        """`code` as in SAID, or what SQL says."""
        self.whats.add(what)
        now, _ = SAID.get(code, (code, None))
        try:
            job = self.connection.execute(f"select s3cache.{query}", arguments).fetchone()[0]
        except psycopg.Error as error:
            self.refused(what, code, error, now, sqlstate)
        else:
            self.jobs[job] = (what, code)
            if code not in SAID:
                self.problems.append(f"{what}: SQL took it")

    def refused(self, what, code, error, said, sqlstate):
        text = error.diag.message_primary or ""
        if error.sqlstate != sqlstate or said is None or said not in text:
            self.problems.append(f"{what}: {error.sqlstate} {text}, not {code}")
        self.note(what, code, text)

    def note(self, what, code, text):
        if sqlstate_of_postgres(code):
            return
        if not re.fullmatch(r"[^\n]{10,600}[.]", text) or re.search(r"[\x00-\x1f]|<script|alert\(|secret", text):
            self.problems.append(f"{what}: this is no safe sentence: {text}")
        self.said[re.sub(r'"([^"\\]|\\.)*"|[0-9]+', "…", text)].add(code)

    def wait(self):
        """All jobs have failed, each for its reason."""
        deadline = time.monotonic() + PATIENCE
        while left := self.connection.execute("select count(*) from s3cache.job").fetchone()[0]:
            if time.monotonic() > deadline:
                self.problems += [f"{self.jobs[job][0]}: does not end, {state}: {error}" for job, state, error in self.connection.execute(
                    "select id, state, error from s3cache.job").fetchall()]
                break
            time.sleep(0.05)
        rows = self.connection.execute("select id, state, error, result #>> '{error,code}', attempt from s3cache.job_history").fetchall()
        for job, state, error, code, attempt in rows:
            what, expected = self.jobs[job]
            if expected not in SAID:
                continue
            if (state, code) != ("failed", expected):
                self.problems.append(f"{what}: is {state} with {code}, not {expected}: {error}")
            elif not re.search(SAID[code][1], error):
                self.problems.append(f"{what}: {code} says: {error}")
            if attempt != 1:
                self.problems.append(f"{what}: was tried {attempt} times")
            self.note(what, expected, error or "")

    def told_apart(self):
        """No sentence is said of two things."""
        return [f"{codes}: {text}" for text, codes in self.said.items() if len(codes) > 1]


def sqlstate_of_postgres(code):
    return code in ("null character", "invalid byte sequence", "unsupported Unicode")


def offer_files(inputs, host, root):
    """Each file by every way in."""
    for number, file in enumerate(hostile_files.FILES):
        name = f"{number}/{file.name}"
        inputs.offer(f"{file.what}, uploaded", file.code, "upload(%s, %b, %s)", f"u{name}", file.content, file.declared)
        if file.code != "content_type_malformed" and len(file.content) < 1_000_000:
            uri = f"data:{file.declared or ''};base64,{base64.b64encode(file.content).decode()}"
            inputs.offer(f"{file.what}, as a data: URI", file.code, "upload_data_uri(%s, %s)", f"d{name}", uri)
        with open(os.path.join(root, str(number)), "wb") as on_disk:
            on_disk.write(file.content)
        inputs.offer(f"{file.what}, from a file", file.code, "upload_file(%s, %s, %s)", f"f{name}", str(number), file.declared)
        if file.declared is None:
            code = "fetch_too_large" if file.code == "too_large" else file.code
            inputs.offer(f"{file.what}, fetched", code, "fetch(%s, %s)", host.url(f"/file/{number}"), f"w{name}")
        if file.name == "a.svg" and b"<svg" in file.content:
            inputs.offer(f"{file.what}, where no SVG is taken", "content_type_not_allowed", "upload_file(%s, %s, cache => 'plain')",
                f"p{name}", str(number))


def offer_names(inputs):
    """Names that no object may get, by every way in."""
    dots, control, long = 'has a "." or ".." between slashes', "has a control character", "S3 keys have at most 1024"
    for name, said in (
            ("../x.png", dots), ("a/../x.png", dots), ("a/../../../etc/x.png", dots), ("./x.png", dots), ("a/./x.png", dots), ("..", dots), (".", dots),
            ("a/..", dots), ("a\nb.png", control), ("a\tb.png", control), ("a\x1b[2J.png", control), ("a\x7f.png", control), ("a\x85.png", control),
            (LONG, long), ("\u00e9" * 511 + ".png", long), ("", "empty"), (None, "NULL")):
        shown = f"the name {(name or repr(name))[:20]!a}"
        inputs.offer(f"{shown}, uploaded", said, "upload(%s, %b)", name, GOOD)
        inputs.offer(f"{shown}, from a file", said, "upload_file(%s, 'good.png')", name)
        if name is not None:
            inputs.offer(f"{shown}, fetched", said, "fetch('https://example.com/a.png', %s)", name)
        inputs.offer(f"{shown}, renamed", said, "rename_object('absent.png', %s)", name)
    for template, said in (("{id}.png", "is no placeholder"), ("{sha256:99}.png", "is no placeholder"), ("x{", "is no placeholder"), ("x" * 1000 + "{sha256}", long)):
        inputs.offer(f"the template {template[-16:]}", said, "upload(%s, %b)", template, GOOD)
    inputs.offer("a rename of nothing", "no_such_key", "rename_object('absent.png', 'b.png')")
    inputs.offer("a rename to itself", "it has this name already", "rename_object('absent.png', 'absent.png')")
    inputs.offer("a rename to another type", "that of another type", "rename_object('absent.png', 'absent.php')")
    inputs.offer("a rename of a long name", "S3 keys have at most 1024", "rename_object(%s, 'b.png')", LONG)
    inputs.offer("a NUL by chr()", "null character", "upload('a' || chr(0) || '.png', %b)", GOOD, sqlstate="54000")
    inputs.offer("a NUL in metadata", "unsupported Unicode", "upload('a.png', %b, metadata => %s::jsonb)", GOOD, '{"a": "\\u0000"}', sqlstate="22P05")
    for query in ("upload($1, '\\x00')", "upload_file('a.png', $1)", "fetch($1)", "upload_data_uri('a.png', $1)"):
        result = inputs.connection.pgconn.exec_params(b"select s3cache." + query.encode(), [b"a\0.png"], [25], [1])
        inputs.whats.add(f"a NUL in {query}")
        if b"invalid byte sequence" not in result.error_message:
            inputs.problems.append(f"a NUL in {query}: {result.error_message}")


def offer_headers(inputs):
    """Options that would break out of a header, or ask for nonsense."""
    for what, said, options, value in (
            ("a line end in Cache-Control", "cache_control cannot be", "cache_control", "no-store\r\nx-amz-acl: public-read"),
            ("a long Cache-Control", "cache_control cannot be", "cache_control", "x" * 256),
            ("a line end in metadata", "metadata cannot have", "metadata", '{"a": "b\\r\\nx-amz-acl: public-read"}'),
            ("a header's name in metadata", "metadata cannot have", "metadata", '{"a: b": "c"}'),
            ("a number in metadata", "metadata cannot have", "metadata", '{"a": 1}'),
            ("a list as metadata", "metadata cannot be a JSON", "metadata", '["a"]'),
            ("a name twice in metadata", "twice", "metadata", '{"a": "b", "A": "c"}'),
            ("much metadata", "S3 takes at most 2048", "metadata", '{"a": "%s"}' % ("x" * 2048)),
            ("an unknown category", "category", "category", "Secret"),
            ("an unknown if_exists", "if_exists cannot be", "if_exists", "destroy"),
            ("an empty idempotency key", "idempotency_key cannot have", "idempotency_key", ""),
            ("a long idempotency key", "idempotency_key cannot have", "idempotency_key", "x" * 256)):
        for way, query, content in (("uploaded", "upload('a.png', %b", GOOD), ("from a file", "upload_file('a.png', %s", "good.png")):
            inputs.offer(f"{what}, {way}", said, f"{query}, {options} => %s)", content, value)
    inputs.offer("content that is NULL", "its content is NULL", "upload('a.png', null)", sqlstate="22004")


def offer_data_uris(inputs):
    """data: URIs that are none, or that lie."""
    base = "is not base64"
    encoded = base64.b64encode(GOOD).decode()
    for what, said, uri in (
            ("no comma", "does not begin with data:", "data:image/png;base64"), ("no data:", "does not begin with data:", f"image/png;base64,{encoded}"),
            ("a URL", "does not begin with data:", "https://example.com/a,png"), ("a line end", base, f"data:image/png;base64,{encoded[:40]}\n{encoded[40:]}"),
            ("a space", base, f"data:image/png;base64,{encoded[:40]} {encoded[40:]}"), ("another alphabet", base, "data:image/png;base64,_-_-"),
            ("no padding", base, "data:image/png;base64,YWJjZA"), ("much padding", base, "data:image/png;base64,YWJjZ==="),
            ("padding in the middle", base, "data:image/png;base64,YQ==YWJj"), ("something behind", base, f"data:image/png;base64,{encoded};x=y"),
            ("letters beyond ASCII", base, "data:image/png;base64,\uff21\uff21\uff21\uff21"), ("stray bits", "bits that stand for nothing", "data:image/png;base64,YWJ="),
            ("half an escape", "writes as %", "data:text/plain,abc%2"), ("an escape of no digits", "writes as %", "data:text/plain,abc%zz"),
            ("a raw space", "writes as %", "data:text/plain,a b"), ("a raw tag", "writes as %", "data:text/html,<script>alert(1)</script>"),
            ("another type", "content_type_mismatch", f"data:image/gif;base64,{encoded}"), ("a page's type", "content_type_mismatch", f"data:text/html;base64,{encoded}"),
            ("a type that is none", "content_type_malformed", f"data:image/png;base64;base64,{encoded}"),
            ("nothing", "content_empty", "data:image/png;base64,"), ("too much", "the setting max_bytes", "data:image/png;base64," + "AAAA" * (hostile_files.MAX_BYTES // 3 + 1))):
        inputs.offer(f"a data: URI with {what}", said, "upload_data_uri('a.png', %s)", uri)
    inputs.offer("a data: URI that is NULL", "is NULL", "upload_data_uri('a.png', null)", sqlstate="22004")
    inputs.offer("a data: URI of two types", "and content_type", "upload_data_uri('a.png', %s, content_type => 'image/gif')", f"data:image/png;base64,{encoded}")


def offer_paths(inputs, root):
    """Files that do not lie below the roots, or are none."""
    outside = f"{root}-outside"
    os.makedirs(os.path.join(root, "directory"))
    os.makedirs(outside)
    for place in (os.path.join(root, "good.png"), os.path.join(outside, "x.png")):
        with open(place, "wb") as file:
            file.write(GOOD)
    os.symlink(os.path.join(outside, "x.png"), os.path.join(root, "link.png"))
    os.symlink("good.png", os.path.join(root, "inner.png"))
    os.symlink(outside, os.path.join(root, "away"))
    os.symlink("loop.png", os.path.join(root, "loop.png"))
    os.mkfifo(os.path.join(root, "fifo.png"))
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(os.path.join(root, "socket.png"))
    with open(os.path.join(root, "sparse.png"), "wb") as file:
        file.write(GOOD)
        file.truncate(1 << 40)
    path = "its path is none of a file below a directory"
    for what, code, name in (
            ("a way up", path, "../x.png"), ("a way up and down", path, "directory/../../x.png"), ("a way up from the root", path, f"{root}/../x.png"),
            ("a slash at its end", path, "good.png/"), ("nothing", path, ""), ("NULL", path, None), ("a line end", path, "good\n.png"),
            ("4,097 bytes", path, "x" * 4097), ("the system's users", "file_not_allowed", "/etc/passwd"), ("the worker's secrets", "file_not_allowed", "/proc/self/environ"),
            ("a device", "file_not_allowed", "/dev/zero"), ("a name that begins like the root", "file_not_allowed", f"{outside}/x.png"),
            ("the root", "file_not_allowed", root), ("the root by a dot", "file_not_allowed", "."), ("a link out", "file_not_found", "link.png"),
            ("a link within", "file_not_found", "inner.png"), ("a directory that is a link", "file_not_found", "away/x.png"), ("a circle", "file_not_found", "loop.png"),
            ("a pipe", "file_not_allowed", "fifo.png"), ("a directory", "file_not_allowed", "directory"), ("a socket", "file_not_found", "socket.png"),
            ("what is not there", "file_not_found", "absent.png"), ("a file as directory", "file_not_found", "good.png/x"), ("escaped dots", "file_not_found", "%2e%2e/x.png"),
            ("backslashes", "file_not_found", "..\\x.png"), ("2^40 bytes", "too_large", "sparse.png")):
        inputs.offer(f"a file: {what}", code, "upload_file(%s, %s)", f"path/{len(inputs.whats)}.png", name)
    return unix


def offer_urls(inputs, host):
    """URLs that lead inside, in disguise or behind a redirect."""
    for name, said in hostile_urls.DISGUISED:
        inputs.offer(f"the host {name!a}", said, "fetch(%s)", f"http://{name}/")
    for url, said in hostile_urls.ODD:
        inputs.offer(f"the URL {(url or repr(url))[:30]!a}", said, "fetch(%s)", url)
    for url in hostile_urls.urls(host):
        inputs.offer(f"the URL {url.what}", url.code, "fetch(%s)", url.url)


def bucket():
    return boto3.client(
        "s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1", config=botocore.config.Config(s3={"addressing_style": "path"}))


def left(connection, s3, name):
    """What is left of anything, anywhere."""
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=name).get("Contents", [])]
    begun = [entry["Key"] for entry in s3.list_multipart_uploads(Bucket=name).get("Uploads", [])]
    counts = connection.execute("""
        select (select count(*) from s3cache.staged_content), (select count(*) from s3cache.unfinished_upload),
            (select count(*) from s3cache.object), (select sum(value) from s3cache.metrics where name like 's3cache_staged%')""").fetchone()
    return unless(not listed, f"objects: {listed}") + unless(not begun, f"uploads: {begun}") + unless(
        counts == (0, 0, 0, 0), f"staged, begun, rows, metrics: {counts}")


def taken(connection, s3, name, host):
    """What is honest gets through by the same ways, so it is not that nothing gets through."""
    uri = "data:image/png;base64," + base64.b64encode(GOOD).decode()
    calls = [("upload('1.png', %b)", [GOOD]), ("upload_file('2.png', 'good.png')", []), ("upload_data_uri('3.png', %s)", [uri]),
        ("fetch(%s, '4.png')", [host.url(f"/file/{len(hostile_files.FILES)}")])]
    jobs = [connection.execute(f"select s3cache.{call}", arguments).fetchone()[0] for call, arguments in calls]
    ends = [connection.execute("select state, error from s3cache.wait(%s, '60 s')", [job]).fetchone() for job in jobs]
    for number, (state, error) in enumerate(ends, 1):
        if state != "done" or s3.get_object(Bucket=name, Key=f"{number}.png")["Body"].read() != GOOD:
            yield f"{calls[number - 1][0]}: {state}, {error}"
    job = connection.execute("select s3cache.rename_object('1.png', '5.png')").fetchone()[0]
    state, error = connection.execute("select state, error from s3cache.wait(%s, '60 s')", [job]).fetchone()
    if state != "done":
        yield f"a rename is {state}: {error}"


def given_up(connection):
    """Bytes that were refused are gone, and retry() says so."""
    job = connection.execute("select max(id) from s3cache.job_history where kind = 'upload'").fetchone()[0]
    try:
        connection.execute("select s3cache.retry(%s)", [job])
    except psycopg.Error as error:
        return unless("were given up when they were refused" in error.diag.message_primary, error.diag.message_primary)
    return ["it was retried"]


def main(root):
    host = hostile_host.Host([file.content for file in hostile_files.FILES] + [GOOD], hostile_files.MAX_BYTES)
    print(host.port, flush=True)
    sys.stdin.readline()
    s3, name = bucket(), os.environ["S3_BUCKET"]
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("select s3cache.create_cache('plain')")
        types = connection.execute("select allowed_types || '{svg}' from s3cache.cache where name = 's3_image_cache'").fetchone()[0]
        connection.execute("select s3cache.configure(max_bytes => %s, allowed_types => %s)", [hostile_files.MAX_BYTES, types])
        inputs = Inputs(connection)
        unix = offer_paths(inputs, root)
        offer_urls(inputs, host)
        offer_files(inputs, host, root)
        offer_names(inputs)
        offer_headers(inputs)
        offer_data_uris(inputs)
        inputs.wait()
        unix.close()
        print(f"# {len(inputs.whats)} hostile inputs, {len(inputs.jobs)} of them seen by the worker, {len(inputs.said)} sentences")
        prove("there are enough of them", unless(len(inputs.whats) >= 700, len(inputs.whats)))
        prove("each hostile input is refused for its reason", inputs.problems)
        prove("no sentence is said of two reasons", inputs.told_apart())
        prove("nothing is left: in the bucket, in parts, staged, as a row", left(connection, s3, name))
        prove("nothing inside was connected to", host.strays)
        prove("refused bytes are gone, and a retry says so", given_up(connection))
        prove("the honest gets through", taken(connection, s3, name, host))


if __name__ == "__main__":
    main(sys.argv[1])
    sys.exit(proof.failures > 0)
