"""URLs for reading: presigned for GET and HEAD, public, and what the server refuses."""

import hashlib

import curl
import odd_keys
from proof import prove, unless
from urls_site import SEED, changed, ends_at, forged, moved, now, parameters, signed_at


def redated(url):
    stamp = parameters(url)["X-Amz-Date"]
    return changed(url, "X-Amz-Date", f"{stamp[:-2]}{(int(stamp[-2]) + 1) % 10}Z")


FORGERIES = {
    "with the path of another object": lambda url, other: moved(other, url),
    "with another signature": lambda url, other: forged(url),
    "with a later expiry": lambda url, other: changed(url, "X-Amz-Expires", "604800"),
    "with another date": lambda url, other: redated(url),
    "with another region": lambda url, other: url.replace("%2Fus-east-1%2F", "%2Feu-west-9%2F"),
    "with a parameter more": lambda url, other: url.replace(
        "&X-Amz-Signature", "&response-content-type=text%2Fhtml&X-Amz-Signature"
    ),
}


def body(key):
    return f"the object {key!a}".encode()


def odd_rows(site, count):
    """Stores odd keys, and brings the table s3_image_cache up to date."""
    bucket = site.make_bucket("odd")
    stored, refused = odd_keys.store(site.s3, bucket, count, odd_keys.by_turns(SEED), body)
    kinds = set(stored.values())
    left_out = {kind: sum(len(keys) for (k, _), keys in refused.items() if k == kind) for kind, _ in refused}
    print(f"# {site.name}: left out by the server: {left_out or 'nothing'}")
    site.job("select public.rebuild_s3_cache()")
    prove(
        f"{site.name}: the table has the {count} odd keys that boto3 stored, of {len(kinds)} kinds",
        unless(
            {key for (key,) in site.rows("select filename from s3_image_cache")} == set(stored)
            and len(stored) == count
            and len(kinds) >= 15,
            f"{len(stored)} stored, kinds {sorted(kinds)}",
        ),
    )
    return bucket, list(stored)


def read(site, count, forgeries):
    bucket, keys = odd_rows(site, count)
    before = site.stored(bucket)
    start = now(site)
    found = site.rows("""
        select filename, s3cache.url(filename) as url, s3cache.presigned_url(filename), s3cache.presigned_url(filename, method => 'HEAD'),
            s3cache.public_url(filename), s3cache.key_of(s3cache.url(filename)), s3cache.key_of(s3cache.public_url(filename))
        from s3_image_cache
        order by filename""")
    urls = {row[0]: row[1] for row in found}
    heads = {row[0]: row[3] for row in found}
    public = {row[0]: row[4] for row in found}

    prove(f"{site.name}: GET of s3cache.url() with curl gives the right bytes, {count} odd keys", gives(urls))
    prove(
        f"{site.name}: a private bucket's url() is its presigned_url(), lives an hour, and has more than five minutes left",
        (
            row[0]
            for row in found
            if row[1] != row[2] or ends_at(row[1]) - signed_at(row[1]) != 3600 or ends_at(row[1]) - start <= 300
        ),
    )
    prove(
        f"{site.name}: HEAD of presigned_url(method => 'HEAD') says the size",
        (
            (key, answer.status)
            for key, answer in zip(heads, curl.fetch(curl.Request(url, "HEAD") for url in heads.values()), strict=True)
            if answer.status != 200 or int(answer.headers["content-length"]) != len(body(key))
        ),
    )
    prove(
        f"{site.name}: key_of() gives the key behind each presigned and each public URL",
        (row[0] for row in found if row[5] != row[0] or row[6] != row[0]),
    )
    second = site.connect()
    prove(
        f"{site.name}: another session gets the same URLs",
        (
            (key, urls[key], url)
            for key, url in site.rows("select filename, s3cache.url(filename) from s3_image_cache", connection=second)
            # Unless a window began meanwhile.
            if url != urls[key] and signed_at(url) < start
        ),
    )
    second.close()

    some = list(urls)[:: max(1, count // forgeries)]
    others = some[1:] + some[:1]
    for name, forge in FORGERIES.items():
        prove(
            f"{site.name}: GET {name} is refused, {len(some)} keys",
            accepted([curl.Request(forge(urls[key], urls[other])) for key, other in zip(some, others, strict=True)]),
        )
    prove(
        f"{site.name}: PUT to a URL for GET is refused, {len(some)} keys",
        accepted([curl.Request(urls[key], "PUT", b"changed") for key in some]),
    )
    prove(
        f"{site.name}: GET of a URL for HEAD is refused, {len(some)} keys", accepted([curl.Request(heads[key]) for key in some])
    )
    prove(
        f"{site.name}: GET of public_url() of a private object is {'403' if site.whole else 'refused'}, {len(some)} keys",
        (
            (key, answer.status)
            for key, answer in zip(some, curl.fetch(curl.Request(public[key]) for key in some), strict=True)
            if answer.status != 403 and (site.whole or not answer.refused)
        ),
    )
    prove(
        f"{site.name}: after all that was refused, the bucket is what it was",
        unless(
            site.stored(bucket) == before and all(etag == hashlib.md5(body(key)).hexdigest() for key, etag in before.items()),
            "an object changed",
        ),
    )
    overrides(site, some[:20])
    if site.whole:
        published(site, bucket, some, public)


def gives(urls):
    """URLs by key that do not give what is stored there."""
    for key, answer in zip(urls, curl.fetch(curl.Request(url) for url in urls.values()), strict=True):
        if answer.status != 200 or answer.body != body(key):
            yield key, answer.status, urls[key], answer.body[:200]


def accepted(requests):
    """What was not refused."""
    for request, answer in zip(requests, curl.fetch(requests), strict=True):
        if not answer.refused:
            yield answer.status, request.method, request.url


def overrides(site, keys):
    disposition = "attachment; filename=\"a b+%41.jpg\"; filename*=UTF-8''%C3%A4.jpg"
    found = site.rows(
        """select f, s3cache.presigned_url(f, response_content_disposition => %s, response_content_type => 'text/plain; charset=utf-8')
        from unnest(%s::text[]) as f""",
        disposition,
        keys,
    )
    prove(
        f"{site.name}: response_content_disposition and response_content_type come back as headers",
        (
            (key, answer.status, answer.headers)
            for (key, _), answer in zip(found, curl.fetch(curl.Request(url) for _, url in found), strict=True)
            if answer.body != body(key)
            or answer.headers.get("content-disposition") != disposition
            or answer.headers.get("content-type") != "text/plain; charset=utf-8"
        ),
    )
    prove(
        f"{site.name}: and are refused if they are changed",
        accepted([curl.Request(changed(url, "response-content-type", "text%2Fhtml")) for _, url in found]),
    )


def published(site, bucket, keys, public):
    """Objects that everyone may read."""
    for key in keys:
        site.s3.put_object_acl(Bucket=bucket, Key=key, ACL="public-read")
    site.admin.execute("select s3cache.configure(access => 'public')")
    found = dict(site.rows("select f, s3cache.url(f) from unnest(%s::text[]) as f", keys))
    prove(
        f"{site.name}: with access public, url() is public_url() and gives the bytes of objects that everyone may read",
        [*gives(found), *unless(found == {key: public[key] for key in keys}, "another URL")],
    )
    # A CDN is whoever answers for the key below some address: here the server itself.
    site.admin.execute("select s3cache.configure(cdn_url => %s, versioned_urls => true)", (f"{site.endpoint}/{bucket}/",))
    found = dict(site.rows("select f, s3cache.url(f) from unnest(%s::text[]) as f", keys))
    prove(
        f"{site.name}: URLs below cdn_url with a short etag give the bytes",
        [
            *gives(found),
            *(url for key, url in found.items() if not url.endswith("?v=" + hashlib.md5(body(key)).hexdigest()[:8])),
        ],
    )
    prove(
        f"{site.name}: key_of() gives the key behind each of them",
        (
            row
            for row in site.rows("select f, s3cache.key_of(s3cache.url(f)) from unnest(%s::text[]) as f", keys)
            if row[0] != row[1]
        ),
    )
    for setting in ("access", "cdn_url", "versioned_urls"):
        site.admin.execute("select s3cache.reset('s3_image_cache', %s)", (setting,))
