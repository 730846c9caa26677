"""One server, one database: what the tests of URLs share."""

import concurrent.futures
import datetime
import os
import re
import time
import urllib.parse

import psycopg

import odd_keys

SEED = 20260705
PATIENCE = 120  # seconds for whatever must happen some time


class Site:
    """The database PGDATABASE, seen by its superuser and by the role S3CACHE_URLS_ROLE, a member of s3cache_writer; and the
    server AWS_ENDPOINT_URL, in whose buckets boto3 looks."""

    def __init__(self, name):
        self.name = name
        self.whole = name == "rgw"  # the other has no forms, and answers nobody who does not sign
        self.endpoint = os.environ["AWS_ENDPOINT_URL"]
        self.tag = os.environ["S3CACHE_URLS_TAG"]
        self.s3 = odd_keys.client(self.endpoint)
        self.admin = psycopg.connect(autocommit=True)
        self.web = self.connect()

    def connect(self):
        return psycopg.connect(user=os.environ["S3CACHE_URLS_ROLE"], autocommit=True)

    def bucket(self, name):
        return f"{name}-{self.tag}"

    def make_bucket(self, name):
        self.s3.create_bucket(Bucket=self.bucket(name))
        return self.bucket(name)

    def stored(self, bucket):
        """Keys and etags of all that is in a bucket."""
        return {entry["Key"]: entry["ETag"].strip('"') for entry in odd_keys.listing(self.s3, bucket)}

    def objects(self, bucket, keys):
        """What boto3 gets for each key."""
        with concurrent.futures.ThreadPoolExecutor(odd_keys.THREADS) as pool:
            return dict(zip(keys, pool.map(lambda key: self.object(bucket, key), keys), strict=True))

    def object(self, bucket, key):
        reply = self.s3.get_object(Bucket=bucket, Key=key)
        return reply["Body"].read(), reply["ContentType"]

    def rows(self, statement, *arguments, connection=None):
        return (connection or self.web).execute(statement, arguments).fetchall()

    def one(self, statement, *arguments, connection=None):
        ((value,),) = self.rows(statement, *arguments, connection=connection)
        return value

    def error(self, statement, *arguments):
        """What a statement fails with; fails itself where that succeeds."""
        try:
            self.web.execute(statement, arguments)
        except psycopg.Error as error:
            return error.diag.message_primary
        raise AssertionError(f"it was not refused: {statement}")

    def job(self, statement, *arguments):
        """Has a worker do what a statement of the administrator asks for."""
        job = self.one(statement, *arguments, connection=self.admin)
        ((state, error),) = self.rows("select state, error from s3cache.wait(%s, interval '120 s')", job, connection=self.admin)
        assert state == "done", f"job {job} is {state}: {error}"


def now(site):
    return site.one("select floor(extract(epoch from clock_timestamp()))::bigint")


def until(condition):
    """Waits until it holds; False if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def parameters(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))


def signed_at(url):
    stamp = datetime.datetime.strptime(parameters(url)["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    return int(stamp.timestamp())


def ends_at(url):
    return signed_at(url) + int(parameters(url)["X-Amz-Expires"])


def moved(url, other):
    """The path of one URL with the signature of another."""
    return url.partition("?")[0] + "?" + other.partition("?")[2]


def changed(url, parameter, value):
    assert f"{parameter}=" in url
    return re.sub(rf"([?&]{parameter}=)[^&]*", lambda match: match[1] + value, url)


def forged(url):
    """With one digit of the signature changed."""
    return url[:-1] + ("0" if url[-1] != "0" else "1")
