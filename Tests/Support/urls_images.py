"""The images of products: a folder of objects each, more than 1,000 for one of them."""

import datetime
import random

import curl
import tiny_images
from proof import prove, unless
from urls_site import SEED, ends_at, now, signed_at

COUNT = 1005
SAMPLE = 100


def body(key):
    return tiny_images.png(f"image {key!a}")


def names():
    return [f"1/{number:04}-front {number % 7}+\u00e4.png" for number in range(COUNT - 3)] + ["1/a.png", "1/B.png", "1/sub/c.png"]


def images(site):
    """Makes the cache products, whose objects urls_after_jobs needs."""
    fill(site)
    whole(site)
    invalidated(site)
    products(site)
    default_image(site)
    without_key(site)


def listed(site, prefix, **arguments):
    named = "".join(f", {name} => %s" for name in arguments)
    return site.one(f"select s3cache.images(%s, cache => 'products'{named})", prefix, *arguments.values())


def gives(items):
    """Those of whose url curl does not get what is stored."""
    for item, answer in zip(items, curl.fetch(curl.Request(item["url"]) for item in items), strict=True):
        if (answer.status, answer.body) != (200, body(item["key"])):
            yield item, answer.status, answer.body[:200]


def fill(site):
    bucket = site.make_bucket("products")
    site.admin.execute("select s3cache.create_cache('products', bucket => %s)", (bucket,))
    filenames = [*names(), *(f"{product}/{name}.png" for product in (10, 11) for name in "ab")]
    urls = site.rows("select f, s3cache.upload_url(f, 'image/png', cache => 'products') from unnest(%s::text[]) as f", filenames)
    replies = curl.fetch(curl.Request(url, "PUT", body(key), ("Content-Type: image/png",)) for key, url in urls)
    for marker in ("1/", "1/sub/", "12/"):
        site.s3.put_object(Bucket=bucket, Key=marker, Body=b"")
    prove(
        f"{site.name}: one SELECT gives upload URLs for {len(filenames)} files, and all are accepted",
        [answer.status for answer in replies if answer.status != 200],
    )
    site.job("select s3cache.rebuild('products')")


def whole(site):
    start = now(site)
    items = listed(site, "1/")
    expected = sorted(names(), key=str.encode)
    prove(
        f"{site.name}: images('1/') has all {COUNT} objects below 1/ in byte order, none of 10/ or 11/, no key that ends in a slash",
        unless([item["key"] for item in items] == expected, [item["key"] for item in items][:5]),
    )
    prove(
        f"{site.name}: each has url, filename (the last segment), key, and expires_at in ISO 8601 with Z, as the URL says",
        (
            item
            for item in items
            if set(item) != {"url", "filename", "key", "expires_at"}
            or item["filename"] != item["key"].rsplit("/", 1)[-1]
            or item["expires_at"]
            != datetime.datetime.fromtimestamp(ends_at(item["url"]), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        ),
    )
    prove(f"{site.name}: each has more than five minutes left", (item for item in items if ends_at(item["url"]) - start <= 300))
    prove(f"{site.name}: curl gets the right bytes from {SAMPLE} of their URLs", gives(random.Random(SEED).sample(items, SAMPLE)))
    prove(
        f"{site.name}: read again, all URLs are the same",
        (
            (old, new)
            for old, new in zip(items, listed(site, "1/"), strict=True)
            # Unless a window began meanwhile.
            if old != new and signed_at(new["url"]) < start
        ),
    )
    pages, after = [], None
    while page := listed(site, "1/", limit_rows=400, after=after):
        pages += page
        after = page[-1]["key"]
    prove(
        f"{site.name}: read in parts by limit_rows and after, they are as many, in the same order",
        unless([item["key"] for item in pages] == expected, len(pages)),
    )
    prove(
        f"{site.name}: primary_image() is the first of images()",
        unless(site.one("select s3cache.primary_image('1/', 'products') = s3cache.images('1/', 'products') -> 0"), "another"),
    )
    prove(
        f"{site.name}: no images is an empty array",
        unless((listed(site, "13/"), listed(site, "12/"), listed(site, "1%")) == ([], [], []), "some"),
    )
    start = now(site)
    fresh = listed(site, "1/", force_refresh=True)
    prove(
        f"{site.name}: with force_refresh all are signed now, and work",
        [*(item for item in fresh if signed_at(item["url"]) < start), *gives(fresh[:10])],
    )


def invalidated(site):
    before, others = listed(site, "1/"), listed(site, "11/")
    start = now(site)
    site.admin.execute("select s3cache.invalidate('1/', 'products')")
    after = listed(site, "1/")
    prove(
        f"{site.name}: invalidate('1/') changes every URL below 1/",
        (old for old, new in zip(before, after, strict=True) if old["url"] == new["url"]),
    )
    prove(
        f"{site.name}: and none below 11/",
        (old for old, new in zip(others, listed(site, "11/"), strict=True) if old != new and signed_at(new["url"]) < start),
    )
    prove(f"{site.name}: the new URLs work, and so do the old ones", [*gives(after[:10]), *gives(before[:10])])
    site.admin.execute("select s3cache.invalidate(null, 'products')")
    prove(
        f"{site.name}: invalidate(NULL) changes every URL",
        (
            old
            for old, new in zip(after + others, listed(site, "1/") + listed(site, "11/"), strict=True)
            if old["url"] == new["url"]
        ),
    )


def products(site):
    site.admin.execute(f"""
        create table public.product (id integer primary key, name text);
        insert into public.product values (1, 'one'), (10, 'ten'), (11, 'eleven'), (12, 'twelve');
        grant select on public.product to {site.web.info.user}""")
    found = dict(site.rows("""
        select p.id, to_jsonb(p) || jsonb_build_object(
            'images', s3cache.images(p.id || '/', 'products'), 'primary_image', s3cache.primary_image(p.id || '/', 'products'))
        from public.product p"""))
    prove(
        f"{site.name}: one SELECT gives products as JSON, each with its columns, images and primary_image",
        (
            (number, len(product["images"]))
            for number, product in found.items()
            if set(product) != {"id", "name", "images", "primary_image"}
            or len(product["images"]) != {1: COUNT, 10: 2, 11: 2, 12: 0}[number]
            or product["primary_image"] != (product["images"] or [None])[0]
        ),
    )
    with site.admin.transaction():
        site.admin.execute("set local track_functions = 'all'")
        counted = "select coalesce(sum(pg_stat_get_xact_function_calls(oid)), 0) from pg_proc where pronamespace = 's3cache'::regnamespace"
        site.rows(
            "select p.id, p.name, c.filename from public.product p left join products c on c.filename ^@ (p.id || '/')",
            connection=site.admin,
        )
        lazy = site.one(counted, connection=site.admin)
        site.rows("select s3cache.url('1/a.png', 'products')", connection=site.admin)
        signed = site.one(counted, connection=site.admin)
    prove(f"{site.name}: reading rows without their URLs signs nothing", unless(lazy == 0 and signed > 0, (lazy, signed)))


def default_image(site):
    site.admin.execute("select s3cache.configure('products', default_image => '10/a.png')")
    items = listed(site, "13/")
    prove(
        f"{site.name}: where there are no images the default image stands in, with is_default, and its URL works",
        [*unless([(item["key"], item.get("is_default")) for item in items] == [("10/a.png", True)], items), *gives(items)],
    )
    prove(
        f"{site.name}: and nowhere else",
        unless("is_default" not in str(listed(site, "11/")) and len(listed(site, "11/")) == 2, "it is there"),
    )
    site.admin.execute("select s3cache.reset('products', 'default_image')")


def without_key(site):
    site.admin.execute("select s3cache.create_cache('keyless', bucket => 'keyless')")
    site.admin.execute("select s3cache.configure('keyless', credentials => 'nobody', region => 'eu-west-9')")
    # Present, so that no worker looks for it.
    site.admin.execute("insert into keyless (filename, state) values ('1/a.png', 'present')")
    items = site.one("select s3cache.images('1/', 'keyless')")
    prove(
        f"{site.name}: without a key an image has no url but an error, unlike no images; url() is NULL, and one such row ends no SELECT",
        [
            *unless([item["url"] for item in items] == [None] and "is a worker running?" in items[0]["error"], items),
            *unless(site.one("select s3cache.images('2/', 'keyless')") == [], "an item"),
            *unless(
                site.rows("""
                select s3cache.url(filename, c) is null from (select filename, 'keyless' as c from keyless union all
                select filename, 'products' from products where filename = '1/a.png') as f order by c""") == [(True,), (False,)],
                "others",
            ),
        ],
    )
    message = site.error("select s3cache.presigned_url('1/a.png', cache => 'keyless')")
    prove(
        f"{site.name}: presigned_url() names region and profile, and asks whether a worker is running",
        unless("eu-west-9" in message and "nobody" in message and "is a worker running?" in message, message),
    )
