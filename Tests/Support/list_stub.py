"""What ListStub lists, as boto3 and a plain XML parser see it, and what it is told to do wrong.

    list_stub.py PROGRAM
"""

import concurrent.futures
import http.client
import json
import random
import signal
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

import boto3
from botocore.config import Config

from proof import prove, unless
import proof

PROGRAM = sys.argv[1]
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
COUNT = 2_345
SHAPES = ["uuid", "hash-prefix", "sequential", "dates", "directories", "unicode"]


class Stub:
    """One that runs, for a `with`."""

    def __init__(self, *options, objects=COUNT, shape="uuid"):
        self.process = subprocess.Popen(
            [PROGRAM, "--objects", str(objects), "--distribution", shape, *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on 127.0.0.1:"):
            raise RuntimeError(f"the first line is {line!r}")
        self.port = int(line.rsplit(":", 1)[1])
        self.client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.port}", region_name="us-east-1", aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, max_pool_connections=32))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def send(self, path, method="GET", timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request(method, path)
        response = connection.getresponse()
        return response, response.read()

    def raw(self, **query):
        """A page's body, as it comes."""
        return self.send("/bench?" + urllib.parse.urlencode({"list-type": 2} | {name.replace("_", "-"): value for name, value in query.items()}))[1]

    def page(self, **query):
        return self.client.list_objects_v2(Bucket="bench", **query)

    def stats(self):
        return json.loads(self.send("/_stats")[1])

    def all(self, **query):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket="bench", **query)
        return [item for page in pages for item in page.get("Contents", [])]


def keys(items):
    return [item["Key"] for item in items]


def parsed(body):
    return [element.text or "" for element in ElementTree.fromstring(body).iter(NAMESPACE + "Key")]


def made_up(key, random):
    """A point near a key, which most likely no object has."""
    place = random.randrange(len(key) + 1)
    return key[:place] + random.choice(["", "!", "0", "m", "~", "é", "\uff5e", "😀"]) + key[place:][random.randrange(2):]


def check_shape(shape):
    with Stub("--seed", "7", shape=shape) as stub, Stub("--seed", "7", shape=shape) as twin:
        items = stub.all()
        listed = keys(items)
        encoded = [key.encode() for key in listed]
        prove(f"{shape}: as many objects as asked for", unless(len(listed) == COUNT, len(listed)))
        prove(f"{shape}: in strict byte order", [pair for pair in zip(encoded, encoded[1:]) if not pair[0] < pair[1]])
        prove(f"{shape}: keys of 1 to 1,023 bytes", [key for key in encoded if not 1 <= len(key) <= 1023])
        prove(f"{shape}: the seed says all", unless(twin.all() == items, "another with the same seed lists something else"))
        prove(f"{shape}: pages of 1,000 keys", unless(stub.stats()["pages"] == -(-COUNT // 1000), stub.stats()))

        def behind(point, size):
            expected = [key for key in listed if key.encode() > point.encode()]
            page = stub.page(StartAfter=point, MaxKeys=size)
            if keys(page.get("Contents", [])) != expected[:size]:
                yield f"behind {point} {keys(page.get('Contents', []))[:3]} and not {expected[:3]}"
            if page["IsTruncated"] != (len(expected) > size) or page["KeyCount"] != len(expected[:size]):
                yield f"behind {point} {page['IsTruncated']} {page['KeyCount']}"

        chance = random.Random(shape)
        points = [chance.choice(listed) for _ in range(20)]
        points += [made_up(chance.choice(listed), chance) for _ in range(40)] + [listed[-1], "\U0010ffff"]
        points = [point for point in points if point]
        prove(f"{shape}: a page begins behind any point", [
            problem for point in points for problem in behind(point, chance.choice([1, 7, 1000]))])
        prefixes = [chance.choice(listed)[:chance.randrange(1, 12)] for _ in range(15)] + ["nothing begins so"]
        prove(f"{shape}: by prefix", [
            prefix for prefix in prefixes if keys(stub.all(Prefix=prefix)) != [key for key in listed if key.startswith(prefix)]])
        middle = listed[COUNT // 2]
        prove(f"{shape}: by prefix, behind a point", [prefix for prefix in prefixes if keys(stub.all(Prefix=prefix, StartAfter=middle)) != [
            key for key in listed if key.startswith(prefix) and key.encode() > middle.encode()]])
        first = [item for page in stub.client.get_paginator("list_objects").paginate(Bucket="other") for item in page["Contents"]]
        prove(f"{shape}: ListObjects of any bucket says the same", unless(first == items, len(first)))
        prove(f"{shape}: keys as they are, where no encoding is asked for", unless(parsed(stub.raw()) == listed[:1000], parsed(stub.raw())[:3]))
        heads = [(item, stub.client.head_object(Bucket="bench", Key=item["Key"])) for item in chance.sample(items, 20)]
        prove(f"{shape}: HEAD says what listings say", [item["Key"] for item, head in heads if (
            head["ETag"], head["ContentLength"], head["LastModified"]) != (item["ETag"], item["Size"], item["LastModified"])])


def check_facts():
    with Stub() as stub, Stub("--seed", "2") as other, Stub("--changed", "0.1") as changed:
        items = stub.all()
        prove("another seed, other keys", unless(not set(keys(items)) & set(keys(other.all())), "the same"))
        differing = [(was, now) for was, now in zip(items, changed.all()) if was != now]
        prove("a part of the objects is changed", unless(COUNT / 20 < len(differing) < COUNT / 5, len(differing)))
        prove("in nothing but the ETag", [now for was, now in differing if was | {"ETag": now["ETag"]} != now])
        prove("ETags have 32 hexadecimal digits", [item for item in items if not len(item["ETag"].strip('"')) == 32 or not int(item["ETag"].strip('"'), 16)])
    with Stub(objects=0) as stub:
        prove("an empty bucket", unless(stub.all() == [] and stub.page()["IsTruncated"] is False, "is not empty"))


def check_other_requests():
    with Stub() as stub:
        stub.client.head_bucket(Bucket="bench")
        stub.client.get_bucket_location(Bucket="bench")
        stub.client.list_buckets()
        prove("HEAD of the bucket, its location and the list of buckets are requests and no pages", unless(
            stub.stats() == {"requests": 3, "pages": 0, "objects": 0, "max_in_flight": 1, "throttled": 0, "faulty": 0}, stub.stats()))
        stub.page(MaxKeys=5)
        prove("objects are counted", unless(stub.stats()["objects"] == 5, stub.stats()))
        stub.send("/_reset", "POST")
        prove("a reset begins anew", unless(not any(stub.stats().values()), stub.stats()))

        def refused(path, status, method="GET"):
            response, body = stub.send(path, method)
            return unless(response.status == status and b"<Error><Code>" in body, (path, response.status, body))

        for path in ["max-keys=x", "list-type=1", "continuation-token=x", "encoding-type=gzip"]:
            prove(f"{path} is refused", refused(f"/bench?list-type=2&{path}", 400))
        for path, method in [("?list-type=2&delimiter=/", "GET"), ("?acl", "GET"), ("/key", "GET"), ("/key", "PUT"), ("/key", "DELETE")]:
            prove(f"{method} {path} is not implemented", refused("/bench" + path, 501, method))
        prove("HEAD of a key that is not there", unless(stub.send("/bench/nothing", "HEAD")[0].status == 404, "is there"))


def check_load():
    with Stub("--slow-down", "0.5") as stub:
        statuses = [stub.send("/bench?list-type=2&max-keys=1")[0].status for _ in range(100)]
        prove("a part is slowed down", unless(20 < statuses.count(503) < 80 and set(statuses) == {200, 503}, statuses))
        prove("and counted", unless(stub.stats()["throttled"] == statuses.count(503), stub.stats()))
    with Stub("--slow-down-above", "4", "--latency", "2000") as stub, concurrent.futures.ThreadPoolExecutor(12) as pool:
        statuses = [each[0].status for each in pool.map(stub.send, ["/bench?list-type=2&max-keys=1"] * 12)]
        stats = stub.stats()
        prove("what is beyond so many in flight is slowed down", unless(
            statuses.count(503) == stats["throttled"] and (stats["max_in_flight"] > 4) == (503 in statuses) and 200 in statuses, (statuses, stats)))
    with Stub("--slow-down-rate", "1") as stub:
        statuses = [stub.send("/bench?list-type=2&max-keys=1")[0].status for _ in range(30)]
        prove("what is beyond so many a second is slowed down", unless(statuses[0] == 200 and 503 in statuses, statuses))
    with Stub("--latency", "150", "--jitter", "100", "--stragglers", "0.5,300") as stub:
        times = []
        for _ in range(20):
            begin = time.monotonic()
            stub.page(MaxKeys=1)
            times.append(time.monotonic() - begin)
        prove("no answer comes before the latency", unless(min(times) >= 0.15, times))
        prove("stragglers take longer", unless(max(times) >= 0.45, times))


def check_faults():
    def at_page(kind, problems, **query):
        with Stub("--fault", kind + "@2", "--seed", "3") as stub:
            whole = stub.raw(encoding_type="url")
            faulty = stub.raw(encoding_type="url", **query)
            again = stub.raw(encoding_type="url")
            found = [] if whole == again else ["the pages before and behind differ"]
            found += [] if stub.stats()["faulty"] == 1 else [stub.stats()]
            prove(f"{kind}: that page alone", found + problems(faulty, whole))

    def reads(body):
        root = ElementTree.fromstring(body)
        return root, [element.text for element in root.iter(NAMESPACE + "Key")]

    def token(body):
        return reads(body)[0].findtext(NAMESPACE + "NextContinuationToken")

    def unordered(body, whole):
        expected = reads(whole)[1]
        return unless(reads(body)[1] == [expected[-1], *expected[1:-1], expected[0]], "another order")

    def longer(length):
        return lambda body, whole: unless(
            reads(body)[1][:-1] == reads(whole)[1] and len(reads(body)[1][-1]) >= length, len(body))

    def unreadable(body, _):
        try:
            ElementTree.fromstring(body)
        except ElementTree.ParseError:
            return []
        return ["it can be read"]

    at_page("unordered", unordered)
    at_page("repeated-key", lambda body, whole: unless(
        reads(body)[1] == [reads(whole)[1][0], *reads(whole)[1][:1], *reads(whole)[1][2:]], "no key twice"))
    at_page("first-key-before-start-after", lambda body, whole: unless(reads(body)[1] == reads(whole)[1], "begins elsewhere"), start_after="8")
    at_page("truncated-xml", unreadable)
    at_page("error-body-in-200", lambda body, _: unless(b"<Error><Code>InternalError" in body, body))
    at_page("empty-truncated", lambda body, _: unless(
        reads(body)[1] == [] and reads(body)[0].findtext(NAMESPACE + "IsTruncated") == "true" and token(body), body))
    at_page("token-loop", lambda body, whole: unless(token(body) == "at-0" and token(whole) == "at-1000", token(body)))
    at_page("huge-key", longer(10_000_000))
    at_page("bad-percent", lambda body, whole: unless(reads(body)[1][-1] == reads(whole)[1][-1] + "%zz%4%", reads(body)[1][-1]))
    at_page("entity-bomb", lambda body, _: unless(b'<!ENTITY e30 "&e29;&e29;">' in body and b"&e30;</Key>" in body, body[:200]))
    with Stub("--fault", "wrong-content-type@2+") as stub:
        types = [stub.send("/bench?list-type=2&max-keys=1")[0].headers["Content-Type"] for _ in range(4)]
        prove("wrong-content-type: from that page on", unless(types == ["application/xml"] + ["text/html"] * 3, types))
    with Stub("--fault", "slow-drip") as stub:
        connection = http.client.HTTPConnection("127.0.0.1", stub.port, timeout=60)
        connection.request("GET", "/bench?list-type=2")
        response = connection.getresponse()
        prove("slow-drip: byte by byte", unless(0 < len(response.read1(1000)) < 500, "many bytes at once"))


def check_program():
    for options in (["--port", "x"], ["--objects", "-1"], ["--distribution", "round"], ["--seed", "x"], ["--latency", "soon"],
        ["--latency", "nan"], ["--stragglers", "0.1"], ["--slow-down", "2"], ["--fault", "bad"], ["--fault", "unordered@0"], ["--objects"], ["--what", "1"]):
        ran = subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=60)
        prove(f"{' '.join(options)} is refused", unless(
            ran.returncode == 2 and ran.stderr.startswith("ListStub: ") and options[0] in ran.stderr and not ran.stdout, ran))
    with Stub() as stub:
        ran = subprocess.run([PROGRAM, "--port", str(stub.port), "--objects", "1"], capture_output=True, text=True, timeout=60)
        prove("a port that is taken is refused", unless(ran.returncode == 1 and "cannot be had" in ran.stderr, ran))
        stub.page(MaxKeys=1)
        stub.process.send_signal(signal.SIGTERM)
        prove("SIGTERM ends it", unless(stub.process.wait(60) == 0, stub.process.returncode))


for shape in SHAPES:
    check_shape(shape)
check_facts()
check_other_requests()
check_load()
check_faults()
check_program()
sys.exit(proof.failures > 0)
