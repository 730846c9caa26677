"""URLs and images follow what jobs do: uploads, deletions, verifications; and CDNs."""

import curl
import tiny_images
from proof import prove, unless
from urls_images import body, gives, listed

UPLOAD = "select s3cache.upload(%s, content => %s, cache => %s)"

REPLACED = tiny_images.png("replaced")
PRODUCT = tiny_images.jpeg("a product")


def follow(site):
    bucket = site.bucket("products")
    changing(site, bucket)
    resolved(site)
    by_cdn(site, bucket)


def changing(site, bucket):
    site.job(UPLOAD, "11/0new.png", body("11/0new.png"), "products")
    items = listed(site, "11/")
    prove(
        f"{site.name}: the next read after an upload has the new image, first in order, and its URL works",
        [*unless([item["key"] for item in items] == ["11/0new.png", "11/a.png", "11/b.png"], items), *gives(items)],
    )
    look = "select id, updated_at, s3cache.url(filename, 'products') from products where filename = '11/0new.png'"
    ((row, updated, url),) = site.rows(look)
    site.job(UPLOAD, "11/0new.png", REPLACED, "products")
    ((new_row, new_updated, new_url),) = site.rows(look)
    prove(
        f"{site.name}: a replaced image keeps its row, updated_at advances, its URL changes and gives the new bytes",
        [
            *unless(row == new_row and updated < new_updated and url != new_url, (url, new_url)),
            *unless(curl.fetch([curl.Request(new_url)])[0].body == REPLACED, "other bytes"),
        ],
    )
    site.job("select s3cache.delete_object('11/0new.png', 'products')")
    prove(
        f"{site.name}: the next read after a deletion leaves it out",
        unless([item["key"] for item in listed(site, "11/")] == ["11/a.png", "11/b.png"], listed(site, "11/")),
    )
    site.s3.delete_object(Bucket=bucket, Key="11/a.png")
    site.job("select s3cache.verify('products', '11/')")
    prove(
        f"{site.name}: an object that a verify found missing has no URL, and is no image",
        [
            *unless(site.one("select s3cache.url('11/a.png', 'products')") is None, "a URL"),
            *unless([item["key"] for item in listed(site, "11/")] == ["11/b.png"], listed(site, "11/")),
        ],
    )


def resolved(site):
    site.job(UPLOAD, "14000.jpg", PRODUCT, "s3_image_cache")
    with site.admin.transaction(force_rollback=True):
        # Nobody listens there.
        site.admin.execute("select s3cache.configure(endpoint => 'http://127.0.0.1:9')")
        found = site.rows(
            """select public.get_s3_image_filename(n || '.jpg'), s3cache.url(public.get_s3_image_filename(n || '.JPG'))
            from (values ('14000')) as p (n)""",
            connection=site.admin,
        )
    ((filename, url),) = found
    prove(
        f"{site.name}: product 14000 resolves to 14000.jpg and a URL without any request",
        unless(filename == "14000.jpg" and url.startswith("http://127.0.0.1:9/") and "/14000.jpg?X-Amz-" in url, found),
    )
    (got,) = curl.fetch([curl.Request(site.one("select s3cache.url(public.get_s3_image_filename('14000.JPG'))"))])
    prove(f"{site.name}: which gives its bytes", unless((got.status, got.body) == (200, PRODUCT), got))


def by_cdn(site, bucket):
    cdn = f"{site.endpoint}/{bucket}"
    site.admin.execute("select s3cache.configure('products', cdn_url => %s, acl => 'public-read')", (cdn,))
    site.job(UPLOAD, "logos/a b.png", body("logos/a b.png"), "products")
    site.job(f"{UPLOAD[:-1]}, category => 'PublicData')", "logos/config.json", b"{}", "products")
    url, json_url = site.one(
        "select array[s3cache.url('logos/a b.png', 'products'), s3cache.url('logos/config.json', 'products')]"
    )
    asset, json = curl.fetch([curl.Request(url), curl.Request(json_url)])
    prove(
        f"{site.name}: a public asset is there by its CDN's URL right after the write",
        unless(
            url == f"{cdn}/logos/a%20b.png" and (asset.status, asset.body) == (200, body("logos/a b.png")), (url, asset.status)
        ),
    )
    prove(
        f"{site.name}: JSON is not handed out through the CDN",
        unless("X-Amz-Signature=" in json_url and (json.status, json.body) == (200, b"{}"), (json_url, json.status)),
    )
    site.job(f"{UPLOAD[:-1]}, category => 'PrivateData')", "logos/private.json", b"[]", "products")
    site.job(f"{UPLOAD[:-1]}, category => 'PublicData')", "logos/moved.json", b"[]", "products")
    site.job("select s3cache.rename_object(%s, %s, cache => %s)", "logos/private.json", "logos/moved.json", "products")
    signed = site.one("select s3cache.url('logos/moved.json', 'products')")
    answers = curl.fetch([curl.Request(f"{cdn}/logos/moved.json"), curl.Request(signed)])
    prove(
        f"{site.name}: what is private can be read by its presigned URL alone, also after it took a public one's name",
        unless([answer.status for answer in answers] == [403, 200], answers),
    )
    for spelling in ("cdn.example.com", "cdn.example.com/", "https://cdn.example.com", "https://cdn.example.com/"):
        site.admin.execute("select s3cache.configure('products', cdn_url => %s)", (spelling,))
        url, key = site.rows("select u, s3cache.key_of(u, 'products') from s3cache.url('logos/a b.png', 'products') as u")[0]
        prove(
            f"{site.name}: cdn_url {spelling} makes https://cdn.example.com/KEY, and key_of() reverses it",
            unless((url, key) == ("https://cdn.example.com/logos/a%20b.png", "logos/a b.png"), (url, key)),
        )
    prove(
        f"{site.name}: key_of() knows no foreign hosts",
        unless(
            site.rows(
                "select s3cache.key_of(u, 'products') from unnest(%s::text[]) as u",
                ["https://cdn.example.com.evil.example/1/a.png", "https://evil.example/cdn.example.com/1/a.png"],
            )
            == [(None,), (None,)],
            "a key",
        ),
    )
