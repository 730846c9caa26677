"""Where the bucket stands in a URL: in the path or in the host; dots in its name; TLS; a prefix."""

import os

import curl
from proof import prove
from urls_uploading import body, writable

TLS = "S3CACHE_TEST_TLS_GOOD_ENDPOINT"


def address(site):
    local = site.endpoint.replace("127.0.0.1", "localhost")
    dotted = f"dotted.name-{site.tag}"
    for bucket in (dotted, site.bucket("plain")):
        site.s3.create_bucket(Bucket=bucket)
    plain = site.bucket("plain")
    caches = {
        "in the path, with a dotted name": ({"bucket": dotted}, f"{site.endpoint}/{dotted}/"),
        "in the path, with a prefix": ({"bucket": plain, "prefix": "a b/\u00e9+"}, f"{site.endpoint}/{plain}/a%20b/%C3%A9%2B"),
        "in the host": (
            {"bucket": plain, "endpoint": local, "addressing": "virtual"},
            local.replace("://", f"://{plain}.") + "/",
        ),
    }
    if site.whole:
        caches["in the path, over TLS"] = ({"bucket": plain, "endpoint": os.environ[TLS]}, f"{os.environ[TLS]}/{plain}/")
        trusted = (f'cacert = "{os.environ["S3CACHE_TEST_TLS_CA"]}"',)
    for number, (name, (settings, base)) in enumerate(caches.items()):
        cache = f"address_{number}"
        site.admin.execute("select s3cache.create_cache(%s)", (cache,))
        for setting, value in settings.items():
            site.admin.execute(f"select s3cache.configure(%s, {setting} => %s)", (cache, value))
        prefix = settings.get("prefix", "")
        keys = [key for key in writable(40) if len((prefix + key).encode()) <= 1024][:20]
        found = site.rows(
            """select f, s3cache.upload_url(f, 'image/png', cache => c), s3cache.url(f, c), s3cache.key_of(s3cache.url(f, c), c)
            from unnest(%s::text[]) as f, (values (%s)) as v (c)""",
            keys,
            cache,
        )
        options = trusted if "TLS" in name else ()
        sent = curl.fetch(
            curl.Request(url, "PUT", body(key), ("Content-Type: image/png",), options=options) for key, url, *_ in found
        )
        got = curl.fetch(curl.Request(url, options=options) for *_, url, _ in found)
        prove(
            f"{site.name}: bucket {name}: what was PUT to upload_url() is what url() gives, {len(keys)} odd keys",
            (
                (key, put.status, get.status, url, behind)
                for (key, _, url, behind), put, get in zip(found, sent, got, strict=True)
                if (put.status, get.status, get.body, behind) != (200, 200, body(key), prefix + key) or not url.startswith(base)
            ),
        )
        stored = site.objects(settings["bucket"], [prefix + key for key in keys])
        prove(
            f"{site.name}: bucket {name}: boto3 finds it under the same keys",
            (key for key in keys if stored[prefix + key] != (body(key), "image/png")),
        )
