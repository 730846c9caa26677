"""Forms by which a browser uploads, POSTed with curl, and what the server refuses of them."""

import itertools

import curl
from proof import prove, unless
from urls_reading import accepted
from urls_site import forged
from urls_uploading import TYPE, writable

MOST = 1000  # bytes


def postable(key):
    """RGW takes blanks at either end of a field away, and reads no surrogate pairs in a policy."""
    return key == key.strip() and all(ord(character) < 0x10000 for character in key)


def body(key):
    return f"posted as {key!a}".encode()[:MOST]


def filled(form, content, **other):
    fields = {**form["fields"], **other}
    return curl.Request(
        form["url"], "POST", content, fields=tuple((name, value) for name, value in fields.items() if value is not None)
    )


def post(site, count, forgeries):
    bucket = site.make_bucket("post")
    site.admin.execute("select s3cache.create_cache('post', bucket => %s)", (bucket,))
    keys = list(itertools.islice(filter(postable, writable(count * 2)), count))
    forms = dict(
        site.rows("select f, s3cache.upload_form(f, %s, %s, cache => 'post') from unnest(%s::text[]) as f", TYPE, MOST, keys)
    )
    others = dict(zip(keys, keys[1:] + keys[:1], strict=True))

    some = {key: forms[key] for key in keys[:: max(1, count // forgeries)]}
    refusals = {
        "one byte too large": [filled(form, b"x" * (MOST + 1)) for form in some.values()],
        "with another content type": [filled(form, body(key), **{"Content-Type": "text/html"}) for key, form in some.items()],
        "with no content type": [filled(form, body(key), **{"Content-Type": None}) for key, form in some.items()],
        "with another key": [filled(form, body(key), key=others[key]) for key, form in some.items()],
        "with the policy of another": [
            filled(form, body(key), policy=forms[others[key]]["fields"]["policy"]) for key, form in some.items()
        ],
        "with another signature": [
            filled(form, body(key), **{"x-amz-signature": forged(form["fields"]["x-amz-signature"])})
            for key, form in some.items()
        ],
        "with an ACL that it does not have": [filled(form, body(key), acl="public-read") for key, form in some.items()],
    }
    for name, requests in refusals.items():
        prove(f"{site.name}: a form {name} is refused, {len(some)} odd keys", accepted(requests))
    prove(f"{site.name}: after all that was refused, nothing is stored", site.stored(bucket))

    prove(
        f"{site.name}: POST of upload_form() is accepted, {count} odd keys",
        (
            (key, answer.status, answer.body[:200])
            for key, answer in zip(keys, curl.fetch(filled(forms[key], body(key)) for key in keys), strict=True)
            if not 200 <= answer.status < 300
        ),
    )
    prove(
        f"{site.name}: boto3 reads what was POSTed, with its type",
        unless(sorted(site.stored(bucket)) == sorted(keys), "the listing has other keys")
        or ((key, found) for key, found in site.objects(bucket, keys).items() if found != (body(key), TYPE)),
    )

    site.admin.execute("select s3cache.configure('post', max_bytes => 500)")
    by_setting = site.one("select s3cache.upload_form('by setting', cache => 'post')")
    prove(
        f"{site.name}: a form takes as much as it says, to the byte, and without max_bytes what the cache's setting says",
        [
            *accepted([filled(by_setting, b"x" * 501)]),
            *(
                answer
                for answer in curl.fetch([filled(by_setting, b"x" * 500), filled(forms[keys[0]], b"x" * MOST)])
                if answer.status >= 300
            ),
            *unless("by setting" in site.stored(bucket), "nothing is stored"),
        ],
    )
    prove(
        f"{site.name}: nor can it ask for more than the setting",
        unless(
            "max_bytes" in site.error("select s3cache.upload_form('more', max_bytes => 501, cache => 'post')"), "another error"
        ),
    )
