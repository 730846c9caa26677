#!/usr/bin/env python3
"""Real images through SQL and through files, read back by boto3; Tests/scripts/s3images.sh runs it.

    real_images.py ROOT

ROOT is the worker's only S3CACHE_FILE_ROOTS; all images below it are uploaded, both ways. What they are is compared with what Pillow
says, where that is installed and opens them; without it, with what PNG, GIF and BMP have in their headers.
"""

import concurrent.futures
import hashlib
import os
import struct
import sys
import time
import warnings

import boto3
import botocore.config
import psycopg
import psycopg.types.json

from proof import prove, unless
import proof

try:
    import PIL.Image
    PIL.Image.MAX_IMAGE_PIXELS = None
except ImportError:
    PIL = None
try:
    import pillow_heif
    pillow_heif.register_heif_opener()
except ImportError:
    pass

PATIENCE = 1500  # seconds
ENDS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".heic", ".tif", ".tiff", ".bmp", ".ico", ".cur", ".svg")
TYPES = {
    "PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp", "AVIF": "image/avif",
    "HEIF": "image/heic", "TIFF": "image/tiff", "BMP": "image/bmp", "ICO": "image/vnd.microsoft.icon", "CUR": "image/vnd.microsoft.icon"}
SYNONYMS = {"image/x-icon": "image/vnd.microsoft.icon", "image/heif": "image/heic"}
CACHE_CONTROL = "max-age=86400, stale-while-revalidate=60"


def files(root):
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.lower().endswith(ENDS) and os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path):
                yield os.path.relpath(path, root)


def looked_at(path):
    """Media type, width and height; None for what cannot be opened."""
    if PIL is not None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with PIL.Image.open(path) as image:
                    return (TYPES.get(image.format), *image.size)
        except Exception:  # whatever it does not like
            return None
    with open(path, "rb") as file:
        head = file.read(26)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ("image/png", *struct.unpack(">II", head[16:24]))
    if head[:3] == b"GIF":
        return ("image/gif", *struct.unpack("<HH", head[6:10]))
    if head[:2] == b"BM" and head[14:18] == b"\x28\0\0\0":
        width, height = struct.unpack("<ii", head[18:26])
        return ("image/bmp", width, abs(height))
    return None


def metadata(path):
    return {"path-sha256": hashlib.sha256(path.encode()).hexdigest(), "way": "there and back"}


def ask(connection, root, names):
    """Both ways; gives the jobs by filename."""
    jobs = {}
    with connection.cursor() as cursor:
        for name in names:
            with open(os.path.join(root, name), "rb") as file:
                given = {"sql": ("upload(%s, %b", file.read()), "file": ("upload_file(%s, %s", name)}
            for way, (call, content) in given.items():
                try:
                    cursor.execute(f"select s3cache.{call}, metadata => %s, cache_control => %s)",
                        [f"{way}/{name}", content, psycopg.types.json.Jsonb(metadata(name)), CACHE_CONTROL])
                    jobs[f"{way}/{name}"] = cursor.fetchone()[0]
                except psycopg.Error as error:
                    jobs[f"{way}/{name}"] = error.diag.message_primary
    return jobs


def compare(s3, bucket, root, name, row):
    """What of an object or its row is not as it should be."""
    with open(os.path.join(root, name.split("/", 1)[1]), "rb") as file:
        content = file.read()
    found = s3.get_object(Bucket=bucket, Key=name)
    kind, width, height, sha256, size, state, etag, modified = row
    seen = looked_at(os.path.join(root, name.split("/", 1)[1]))
    problems = [
        what for what, holds in (
            ("its bytes", found["Body"].read() == content), ("its type", found["ContentType"] == kind),
            ("its Cache-Control", found.get("CacheControl") == CACHE_CONTROL), ("its metadata", found["Metadata"] == metadata(name.split("/", 1)[1])),
            ("the row's size or state", (size, state) == (len(content), "present")), ("the row's SHA-256", sha256 == hashlib.sha256(content).digest()),
            ("the row's etag or last_modified", (etag, modified) == (found["ETag"].strip('"'), found["LastModified"])),
            ("the type that was seen", seen is None or seen[0] is None or SYNONYMS.get(kind, kind) == seen[0]),
            ("the size that was seen", seen is None or (width, height) == seen[1:])) if not holds]
    return [f"{name}: {', '.join(problems)}; {row}, {seen}"] if problems else [], seen is not None


def main(root):
    bucket = os.environ["S3_BUCKET"]
    s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1",
        config=botocore.config.Config(s3={"addressing_style": "path"}, max_pool_connections=8))
    names = list(files(root))
    before = time.monotonic()
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("select s3cache.configure(allowed_types => allowed_types || '{svg}', max_bytes => 100000000, max_pixels => 200000000) from s3cache.cache where name = 's3_image_cache'")
        jobs = ask(connection, root, names)
        deadline = time.monotonic() + PATIENCE
        while connection.execute("select count(*) from s3cache.job").fetchone()[0] and time.monotonic() < deadline:
            time.sleep(0.1)
        states = {job: (state, error) for job, state, error in connection.execute("select id, state, error from s3cache.job_history")}
        rows = {row[0]: row[1:] for row in connection.execute(
            "select filename, content_type, width, height, sha256, size, state, etag, last_modified from s3_image_cache")}
        staged = connection.execute("select count(*) from s3cache.staged_content").fetchone()[0]
    seconds = time.monotonic() - before
    ends = {name: states.get(job, ("refused" if isinstance(job, str) else "unfinished", job)) for name, job in jobs.items()}
    done = [name for name, (state, _) in ends.items() if state == "done"]
    # What is refused is refused both ways, and is none that Pillow opens whole.
    refused = sorted({name.split("/", 1)[1] for name in ends if ends[name][0] != "done"})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        compared = list(pool.map(lambda name: compare(s3, bucket, root, name, rows[name]), done))
    kinds = {}
    for name in done:
        kinds[rows[name][0]] = kinds.get(rows[name][0], 0) + 1
    print(f"# {len(names)} images twice in {seconds:.0f} s: {kinds}; of the objects {sum(seen for _, seen in compared)} "
        f"were compared with {'Pillow ' + PIL.__version__ if PIL else 'their headers'}; {len(refused)} were refused")
    for name in refused[:10]:
        print("#   refused:", ascii(name)[:120], ends[f"file/{name}"][1])
    prove("there are images", unless(len(names) >= int(os.environ.get("S3CACHE_IMAGES_LEAST", "1")), len(names)))
    prove("what is refused is refused both ways", [
        f"{name}: {ends['sql/' + name]}, {ends['file/' + name]}" for name in refused if "done" in (ends["sql/" + name][0], ends["file/" + name][0])])
    prove("few are refused", unless(len(refused) * 100 <= len(names), f"{len(refused)} of {len(names)}"))
    prove("bytes, type, Cache-Control, metadata, width and height come back", [problem for problems, _ in compared for problem in problems])
    listed = {entry["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for entry in page.get("Contents", [])}
    prove("the bucket has these objects and no other", unless(listed == set(done), sorted(listed ^ set(done))[:5]))
    prove("the table has these rows and no other", unless(set(rows) == set(done), sorted(set(rows) ^ set(done))[:5]))
    prove("nothing stays staged", unless(staged == 0, staged))


if __name__ == "__main__":
    main(sys.argv[1])
    sys.exit(proof.failures > 0)
