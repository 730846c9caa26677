"""URLs to PUT to, and what the server refuses of them."""

import itertools
import re

import curl
import odd_keys
from proof import prove, unless
from urls_reading import accepted
from urls_site import SEED, changed, forged, moved

TYPE = "image/png"


def body(key):
    return f"uploaded as {key!a}".encode()


def never_written(key):
    """As docs/bytes.md says."""
    return bool(re.search(r"[\x01-\x1f\x7f-\x9f]", key) or re.search(r"(^|/)\.\.?(/|$)", key))


def writable(count):
    return list(itertools.islice((key for _, key in odd_keys.by_turns(SEED + 1) if not never_written(key)), count))


def typed(url, key, content_type=TYPE):
    return curl.Request(url, "PUT", body(key), (f"Content-Type: {content_type}",) if content_type else ())


def put(site, count, forgeries):
    bucket = site.make_bucket("put")
    site.admin.execute("select s3cache.create_cache('put', bucket => %s)", (bucket,))
    keys = writable(count)
    urls = dict(site.rows("select f, s3cache.upload_url(f, %s, cache => 'put') from unnest(%s::text[]) as f", TYPE, keys))

    some = keys[:: max(1, count // forgeries)]
    others = some[1:] + some[:1]
    refusals = {
        "with another content type": [typed(urls[key], key, "text/html") for key in some],
        "with no content type": [typed(urls[key], key, None) for key in some],
        "with another signature": [typed(forged(urls[key]), key) for key in some],
        "with the path of another key": [
            typed(moved(urls[other], urls[key]), other) for key, other in zip(some, others, strict=True)
        ],
        "with a later expiry": [typed(changed(urls[key], "X-Amz-Expires", "604800"), key) for key in some],
        "without the content type in the signed headers": [typed(urls[key].replace("content-type%3B", ""), key) for key in some],
    }
    for name, requests in refusals.items():
        prove(f"{site.name}: PUT {name} is refused, {len(some)} keys", accepted(requests))
    prove(f"{site.name}: GET of a URL for PUT is refused, {len(some)} keys", accepted([curl.Request(urls[key]) for key in some]))
    prove(f"{site.name}: after all that was refused, nothing is stored", site.stored(bucket))

    prove(
        f"{site.name}: PUT of upload_url() with its content type is accepted, {count} odd keys",
        (
            (key, answer.status, answer.body[:200])
            for key, answer in zip(keys, curl.fetch(typed(urls[key], key) for key in keys), strict=True)
            if answer.status != 200
        ),
    )
    prove(
        f"{site.name}: boto3 reads what was PUT, with its type",
        unless(sorted(site.stored(bucket)) == sorted(keys), "the listing has other keys")
        or ((key, found) for key, found in site.objects(bucket, keys).items() if found != (body(key), TYPE)),
    )
    untyped = dict(site.rows("select f, s3cache.upload_url(f, cache => 'put') from unnest(%s::text[]) as f", some[:20]))
    replies = curl.fetch(typed(url, key, "text/x-odd") for key, url in untyped.items())
    prove(
        f"{site.name}: a URL without content type takes any, and replaces what is there",
        [
            *(answer.status for answer in replies if answer.status != 200),
            *((key, found) for key, found in site.objects(bucket, untyped).items() if found != (body(key), "text/x-odd")),
        ],
    )
    prove(
        f"{site.name}: keys that are never written get no URL",
        (
            key
            for key in ("a\x01b", "a/../b", ".", "a\n", "\x7f")
            if not site.error("select s3cache.upload_url(%s, cache => 'put')", key).startswith("Cannot upload ")
        ),
    )
