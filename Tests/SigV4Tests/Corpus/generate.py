#!/usr/bin/env python3
"""Writes requests.jsonl, posts.jsonl and urls.jsonl: requests signed by botocore, for CorpusTests and the tests of SQL.

    pip install botocore==1.43.11 && python3 generate.py

The seed is fixed: the same botocore writes the same files. Every request goes through botocore's S3 client, with its
clock replaced and the network cut off, so that serialisation, addressing and signature are all botocore's. All names,
keys and credentials are made up or AWS's documented examples.
"""
import base64
import contextlib
import datetime
import hashlib
import json
import pathlib
import random
from urllib.parse import unquote, urlsplit

import botocore.auth
import botocore.session
import botocore.signers
from botocore.config import Config

RANDOM = random.Random(20280229)
HERE = pathlib.Path(__file__).parent
SET_BY_SIGNER = {"host", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"}

CREDENTIALS = [
    ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None),
    ("ASIAEXAMPLETEMPORARY", "short/secret+with=signs", "FwoGZXIvYXdzEXAMPLE//+token==" * 3),
    ("ASIAEXAMPLETEMPORARY", "short/secret+with=signs", "two  spaces and a ~tilde"),
    ("local-dev_key.1", "пароль密码 with blanks inside", None),
    ("A", "B", "C"),
    ("GOOGTS7C7FUP3AIRVJTE2BCDKINBTES3HC2GY5CBFJDCQ2SYHV6A6", "x" * 120, None),
]
# Region, endpoint (None: that of AWS).
PLACES = [
    ("us-east-1", None), ("eu-central-1", None), ("ap-southeast-3", None), ("cn-northwest-1", None),
    ("us-gov-east-1", None), ("il-central-1", None), ("auto", "https://accountid.r2.example.net"),
    ("garage", "http://localhost:3900"), ("us-east-1", "http://192.0.2.7:80"), ("us-east-1", "https://S3.Example.ORG:443"),
    ("fr-par", "https://s3.fr-par.example.cloud"), ("us-east-1", "http://[2001:db8::1]:9000"),
    ("default", "https://gateway.example.org/tenant-7/s3"),
]
TIMES = [
    "20130524T000000Z", "20231231T235959Z", "20240101T000000Z", "20240229T120000Z", "20280228T235959Z",
    "20280229T000000Z", "20280229T235959Z", "20280301T000000Z", "20991231T235959Z", "21000228T235959Z",
    "20260704T010203Z",
]
EXPIRIES = [1, 2, 59, 60, 300, 899, 900, 3599, 3600, 43200, 86399, 86400, 604799, 604800]
ODD_KEYS = [
    "/", "//", "///a", "a//b", "a/", "./a", "../a", "a/../b", "a/./b", ".", "..", "~", "-._~", " ", "  two  ", "+", "a+b", "%",
    "%20", "%2F", "%252F", "100%", "?", "a?b=c", "#", "a#b", "&", "a&b=c;d", "=", "a=b", ":", "a:b", "@", "$", "!*'()", "[]",
    "{}", "|", "\\", "^", "`", "<>", "\"quoted\"", "comma,semicolon;", "tab\there", "line\nbreak", "cr\rhere", "\x01\x1f\x7f",
    "é", "e\u0301", "ß", "日本語/写真.jpg", "ไทย", "עברית", "🚀", "👩‍👩‍👧‍👦.png", "\ufeffbom", "\u00a0nbsp", "\u200bzero", "\uffff", "𐀀", "\U0010ffff",
    "K" * 1024, "é" * 512, "a/" * 512, "http://example.com/a.jpg", "X-Amz-Signature=0", "AZaz09", "a b+c%20d/e~f", "İıſK",
]
ALPHABET = "abcXYZ019-._~/ +%?#&=:;,@!$'()*[]{}|\\^`<>\"\t\né日𐀀\u00a0"
VALUES = ["", "a", " ", "a b", "a+b", "a%20b", "é/日", "=&;", "~-._", "100%", "x" * 200, "attachment; filename=\"ü b.jpg\""]



class Sent(Exception):
    """Instead of a response."""


captured = {}
clock = {"now": None}


def now(*_args, **_kwargs):
    return clock["now"]


botocore.auth.get_current_datetime = now
botocore.signers.get_current_datetime = now
string_to_sign = botocore.auth.SigV4Auth.string_to_sign


def capture(self, request, canonical_request):
    captured["canonical"] = canonical_request
    return string_to_sign(self, request, canonical_request)


botocore.auth.SigV4Auth.string_to_sign = capture


def key():
    if RANDOM.random() < 0.6:
        return RANDOM.choice(ODD_KEYS)
    text = "".join(RANDOM.choice(ALPHABET) for _ in range(RANDOM.randint(1, 60)))
    return text


def client(credentials, place, style, config):
    session = botocore.session.Session()
    session.set_credentials(*credentials)
    made = session.create_client(
        "s3", region_name=place[0], endpoint_url=place[1],
        config=Config(
            signature_version="s3v4", s3={"addressing_style": style, **config.pop("s3", {})}, retries={"max_attempts": 0},
            **config))

    def answer(request, **_):
        body = request.body or b""
        if hasattr(body, "read"):
            body = body.read()
        captured["request"] = request
        captured["body"] = body.encode() if isinstance(body, str) else bytes(body)
        raise Sent

    made.meta.events.register_first("before-send.s3", answer)
    return made


def place_of(url, bucket):
    """Endpoint and addressing, as the URL says."""
    parts = urlsplit(url)
    base = "/tenant-7/s3" if parts.path.startswith("/tenant-7/s3") else ""
    if parts.netloc.startswith(bucket + "."):
        return f"{parts.scheme}://{parts.netloc[len(bucket) + 1:]}{base}", "virtual", parts
    return f"{parts.scheme}://{parts.netloc}{base}", "path", parts


def pairs(query):
    return [[unquote(name), unquote(value)] for name, _, value in (part.partition("=") for part in query.split("&") if part)]


def operations():
    """Operation, parameters, whether it has a key."""
    name = key()
    some = lambda *choices: {k: v for k, v in choices if RANDOM.random() < 0.5}
    overrides = some(
        ("ResponseContentType", "image/jpeg"), ("ResponseContentDisposition", RANDOM.choice(VALUES[1:])),
        ("ResponseCacheControl", "no-cache, max-age=0"), ("VersionId", RANDOM.choice(["null", "a/b+c="])))
    about = some(
        ("ContentType", RANDOM.choice(["image/jpeg", "text/plain; charset=utf-8"])), ("StorageClass", "STANDARD_IA"), ("ACL", "public-read"),
        ("Tagging", "a=b&c=d%20e"), ("Metadata", {"a-b": RANDOM.choice(["plain", "two  spaces", "  around "]), "z": "1"}))
    return RANDOM.choice([
        ("get_object", {"Key": name, **overrides, **some(("Range", "bytes=0-9"))}),
        ("get_object", {"Key": name, **overrides}),
        ("head_object", {"Key": name, **some(("VersionId", "null"))}),
        ("put_object", {"Key": name, **about}),
        ("put_object", {"Key": name, **about, "Body": bytes(RANDOM.randrange(256) for _ in range(RANDOM.randint(0, 40)))}),
        ("delete_object", {"Key": name}),
        ("upload_part", {"Key": name, "UploadId": RANDOM.choice(["abc.DEF_-", "a+b/c=="]), "PartNumber": RANDOM.choice([1, 10000])}),
        ("copy_object", {"Key": name, "CopySource": {"Bucket": "source-bucket", "Key": key()}}),
        ("list_objects_v2", some(
            ("Prefix", key()), ("Delimiter", RANDOM.choice(["/", " ", "&"])), ("StartAfter", key()), ("MaxKeys", 1000), ("FetchOwner", True),
            ("ContinuationToken", "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="))),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "a & b"}, {"Key": "é"}]}}),
        ("create_multipart_upload", {"Key": name, **about}),
    ])


def url_operations():
    """What SQL can sign, and nothing else: its keys for writing have no odd components."""
    name = key()
    if RANDOM.random() < 0.7:
        name = RANDOM.choice(["products/1/", "ü b/", ""]) + "".join(
            RANDOM.choice("abcXYZ019-._~ +%?#&=:;,@!$'()*[]{}|^`é日𐀀") for _ in range(RANDOM.randint(1, 60))) + ".jpg"
    some = lambda *choices: {k: v for k, v in choices if RANDOM.random() < 0.6}
    return RANDOM.choice([
        ("get_object", {"Key": name, **some(
            ("ResponseContentType", RANDOM.choice(["image/jpeg", "text/plain; charset=utf-8", *VALUES[1:]])),
            ("ResponseContentDisposition", RANDOM.choice(VALUES[1:])))}),
        ("get_object", {"Key": name}),
        ("head_object", {"Key": name}),
        ("put_object", {"Key": name, **some(("ContentType", RANDOM.choice(["image/jpeg", "text/plain; charset=utf-8", "a/b"])))}),
    ])


def base_record(number, kind, credentials, place, moment):
    return {
        "id": f"{kind[0]}-{number:04}", "kind": kind, "region": place[0], "service": "s3", "time": moment,
        "credentials": dict(zip(("access_key", "secret_key", "session_token"), credentials)),
    }


def request_record(number, kind, operations=operations):
    credentials, place, moment = RANDOM.choice(CREDENTIALS), RANDOM.choice(PLACES), RANDOM.choice(TIMES)
    bucket = RANDOM.choice(["examplebucket", "a-b-3", "dotted.name.example"])
    # A bucket before an address makes no host name; what botocore signs then is of no use.
    is_address = place[1] is not None and ("[" in place[1] or "192.0.2" in place[1])
    style = "path" if is_address else RANDOM.choice(["path", "virtual"])
    clock["now"] = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    config = {"request_checksum_calculation": RANDOM.choice(["when_required", "when_supported"])} if kind == "header" else {
        "request_checksum_calculation": "when_required"}
    if RANDOM.random() < 0.5:
        config["s3"] = {"payload_signing_enabled": True}
    operation, parameters = operations()
    # A presigned URL has no body to name the objects in.
    while kind == "presign" and operation == "delete_objects":
        operation, parameters = operations()
    parameters["Bucket"] = bucket
    s3 = client(credentials, place, style, config)
    record = base_record(number, kind, credentials, place, moment)
    captured.clear()
    if kind == "presign":
        parameters.pop("Body", None)
        record["expires"] = RANDOM.choice(EXPIRIES + [RANDOM.randint(1, 604800)])
        url = s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=record["expires"])
        canonical = captured["canonical"]
        headers, authorization = None, None
    else:
        with contextlib.suppress(Sent):
            getattr(s3, operation)(**parameters)
        url, canonical = captured["request"].url, captured["canonical"]
        headers = {k.lower(): v.decode() if isinstance(v, bytes) else v for k, v in captured["request"].headers.items()}
        authorization = headers["authorization"]
        record["wire_body_b64"] = base64.b64encode(captured["body"]).decode()
    lines = canonical.split("\n")
    signed = dict(line.split(":", 1) for line in lines[3:-3])
    # What was signed, in the form in which it is sent: with its white space, where that is known.
    record["headers"] = [[k, headers[k] if headers else v] for k, v in signed.items() if k not in SET_BY_SIGNER]
    record["endpoint"], record["addressing"], parts = place_of(url, bucket)
    record["bucket"], record["method"] = bucket, lines[0]
    record["key_hex"] = parameters["Key"].encode().hex() if "Key" in parameters else None
    query = pairs(parts.query)
    signature = next((v for k, v in query if k == "X-Amz-Signature"), None) or authorization.split("Signature=")[1]
    record["query"] = [[k, v] for k, v in query if not (kind == "presign" and k.startswith("X-Amz-"))]
    record["expect"] = {
        "url": url, "host": signed["host"], "canonical_uri": lines[1], "signed_headers": lines[-2], "payload_hash": lines[-1],
        "canonical_request_sha256": hashlib.sha256(canonical.encode()).hexdigest(), "signature": signature,
    }
    if authorization:
        record["expect"]["authorization"] = authorization
    return record


def post_record(number):
    credentials, place, moment = RANDOM.choice(CREDENTIALS), RANDOM.choice(PLACES), RANDOM.choice(TIMES)
    clock["now"] = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    s3 = client(credentials, place, "path", {})
    fields, conditions = {}, []
    for name, value in [("acl", "public-read"), ("Content-Type", "image/png"), ("x-amz-meta-note", RANDOM.choice(VALUES)),
                        ("success_action_status", "201")]:
        if RANDOM.random() < 0.5:
            fields[name] = value
            conditions.append({name: value})
    for condition in [["content-length-range", RANDOM.choice([0, 1]), RANDOM.choice([1, 5000000, 5368709120])],
                      ["starts-with", "$x-amz-meta-tag", RANDOM.choice(VALUES)], ["eq", "$Cache-Control", "max-age=60"]]:
        if RANDOM.random() < 0.5:
            conditions.append(condition)
    name = RANDOM.choice([key(), "uploads/${filename}"])
    record = base_record(number, "post", credentials, place, moment)
    record.update(bucket="examplebucket", key=name, conditions_in=json.loads(json.dumps(conditions)), expires=RANDOM.choice(EXPIRIES))
    made = s3.generate_presigned_post("examplebucket", name, Fields=fields, Conditions=conditions, ExpiresIn=record["expires"])
    own = {k: v for k, v in made["fields"].items() if k == "policy" or k.startswith("x-amz-") and "meta" not in k}
    record["expect"] = {"fields": own}
    return record


def write(name, records):
    with open(HERE / name, "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n")
    print(name, len(records))


write("requests.jsonl", [request_record(n, k) for k, count in (("presign", 330), ("header", 250)) for n in range(count)])
write("posts.jsonl", [post_record(n) for n in range(90)])
write("urls.jsonl", [request_record(1000 + n, "presign", url_operations) for n in range(260)])
