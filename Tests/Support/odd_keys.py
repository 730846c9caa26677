#!/usr/bin/env python3
"""Fills a bucket with keys that clients and servers get wrong, and lists a bucket as boto3 sees it.

    odd_keys.py put ENDPOINT BUCKET COUNT SEED    stores COUNT objects with odd keys; makes the bucket if need be
    odd_keys.py list ENDPOINT BUCKET              prints one JSON object a line, in the order of the listing

The credentials are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. A key that the server refuses, or stores under another
name, is left out and another takes its place; how many of which kind, goes to the standard error. The same seed
makes the same keys.
"""

import collections
import concurrent.futures
import itertools
import json
import random
import re
import sys
import threading

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

THREADS = 16
LONGEST = 1024  # bytes, in UTF-8

# One list a kind; each key is made of pieces of one kind, or of several.
KINDS = {
    "plain": ["a", "b", "photo.png", "2024", "0", "-", "_", "~", "*", "(1)"],
    "space": [" ", "a b", " a", "a ", "  "],
    "plus": ["+", "a+b", "++", "+ +"],
    "percent": ["%", "%2F", "%20", "%25", "%zz", "100%", "%2B", "%00", "%e4"],
    "markup": ["&", "<", ">", "'", '"', "&amp;", "&#10;", "<Key>", "]]>", "<!--"],
    "query": ["?", "#", "?list-type=2", "#x", ";", "=", "a=b&c=d", ":", "@", "$", "!", ","],
    "backslash": ["\\", "a\\b", "\\\\", "\\n", "`", "|", "^", "{", "}", "[", "]"],
    "combining": ["é", "e\u0301", "Å", "A\u030a", "\u212b", "\u0301", "ﬁ", "ß", "İ", "한", "\u1112\u1161\u11ab"],
    "astral": ["😀", "👩\u200d👩\u200d👧", "\U00010000", "\U0010fffd", "𝒳"],
    "bmp edge": ["\ue000", "\uff5e", "\ufffd", "\ufeff", "\u2028", "\u202e", "\u200b", "\u0085", "\u00a0", "日本"],
    "noncharacter": ["\ufffe", "\uffff", "\U0010ffff"],
    "dots": [".", "..", "...", "./", "../", "/.", "/..", "/../x", "/./x"],
    "slashes": ["/", "//", "a/", "/a", "a//b", "///"],
    "control": ["\x01", "\x08", "\x1b[31m", "\x1f", "\x7f"],
    "line": ["\n", "\t", "\r", "\r\n", "a\nb"],
    "case": ["Case", "case", "CASE", "cASE"],
}


def keys(seed):
    """Endless odd keys, each with its kind; none twice."""
    chance = random.Random(seed)
    seen = set()

    def fresh(key):
        if key in seen or not 0 < len(key.encode()) <= LONGEST:
            return False
        seen.add(key)
        return True

    for kind, pieces in KINDS.items():
        for piece in pieces:
            for key in (piece, piece + "x", "x" + piece, "x" + piece + "y", "x/" + piece, piece + "/x", "d/" + piece + "/y"):
                if fresh(key):
                    yield kind, key
    for length in (254, 255, 256, 257, 511, 512, 767, 768, 1000, 1022, 1023, 1024):
        for filler in ("k", "k/", "é", "😀", "%", " ", "/"):
            key = (filler * length).encode()[:length].decode(errors="ignore")
            key = key + "k" * (length - len(key.encode()))
            if fresh(key):
                yield "long", key
    names = list(KINDS)
    while True:
        kind = chance.choice(names)
        others = [chance.choice(KINDS[chance.choice([kind, "plain", "slashes"])]) for _ in range(chance.randint(0, 5))]
        parts = [chance.choice(KINDS[kind]), *others]
        chance.shuffle(parts)
        key = "".join(parts) + chance.choice(["", str(chance.randint(0, 9999))])
        if fresh(key):
            yield kind, key


def by_turns(seed):
    """The first 3,000 of the odd keys, one of each kind in turn, the longest first: few of them are of all kinds."""
    kinds = collections.defaultdict(list)
    for kind, key in itertools.islice(keys(seed), 3000):
        kinds[kind].append((kind, key))
    kinds["long"].reverse()
    for turn in itertools.zip_longest(*kinds.values()):
        yield from filter(None, turn)


def client(endpoint):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        config=Config(
            s3={"addressing_style": "path"},
            max_pool_connections=THREADS,
            retries={"mode": "standard", "max_attempts": 3},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def listing(s3, bucket):
    """All objects. botocore asks for encoding-type=url and decodes the keys itself."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from page.get("Contents", [])


def store(s3, bucket, count, candidates, body):
    """Stores COUNT objects under the first candidates that the bucket takes; body(key) is what they hold.

    Gives the keys with their kinds, and those left out by kind and error.
    """
    candidates = iter(candidates)
    lock = threading.Lock()
    stored = {}
    refused = collections.defaultdict(list)

    def put_one(kind, key):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body(key))
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            with lock:
                refused[kind, code].append(key)
        else:
            with lock:
                stored[key] = kind

    # Until the listing itself has as many: what was accepted is not always there under its name.
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        while True:
            missing = count - len(stored)
            if missing > 0:
                batch = [next(candidates) for _ in range(missing)]
                list(pool.map(lambda item: put_one(*item), batch))
                continue
            listed = {entry["Key"] for entry in listing(s3, bucket)}
            lost = [key for key in stored if key not in listed]
            for key in lost:
                refused[stored.pop(key), "stored under another name"].append(key)
            if not lost:
                return stored, refused


def put(endpoint, bucket, count, seed):
    s3 = client(endpoint)
    try:
        s3.create_bucket(Bucket=bucket)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        pass
    stored, refused = store(s3, bucket, count, keys(seed), lambda key: f"{len(key)} {seed}".encode())
    for (kind, code), left_out in sorted(refused.items()):
        print(f"left out {len(left_out)} of kind {kind}: {code}, such as {left_out[0][:60]!r}", file=sys.stderr)
    total = sum(map(len, refused.values()))
    print(f"stored {len(stored)}, left out {total}, listed {sum(1 for _ in listing(s3, bucket))}", file=sys.stderr)


def list_bucket(endpoint, bucket):
    s3 = client(endpoint)
    texts = []
    # botocore makes dates of them; what the server wrote is kept aside, page by page.
    s3.meta.events.register("after-call.s3.ListObjectsV2", lambda http_response, **_: texts.append(http_response.content))
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        times = last_modified(texts.pop())
        for entry, time in zip(page.get("Contents", []), times, strict=True):
            line = {
                "key": entry["Key"],
                "size": entry["Size"],
                "etag": entry["ETag"].strip('"'),
                "last_modified": time,
                "storage_class": entry.get("StorageClass"),
            }
            print(json.dumps(line))


def last_modified(page):
    return re.findall(r"<LastModified>([^<]*)</LastModified>", page.decode())


def main(arguments):
    match arguments:
        case ["put", endpoint, bucket, count, seed]:
            put(endpoint, bucket, int(count), int(seed))
        case ["list", endpoint, bucket]:
            list_bucket(endpoint, bucket)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
