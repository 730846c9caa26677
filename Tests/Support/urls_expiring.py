"""URLs and forms that end soon: they work until then, and not after."""

import time

import curl
from proof import prove, unless
from urls_forms import filled
from urls_site import PATIENCE, until

READ, PUT, FORM = "ending/read", "ending/put", "ending/form"


class Expiring:
    """Begins with URLs that live some seconds; end() waits until those are over."""

    def __init__(self, site):
        self.site = site
        self.bucket = site.make_bucket("ending")
        site.admin.execute("select s3cache.create_cache('ending', bucket => %s)", (self.bucket,))
        site.s3.put_object(Bucket=self.bucket, Key=READ, Body=b"read")
        # Long enough that this machine, however busy, gets there in time.
        life, worked = 4, False
        while not worked and life < PATIENCE:
            self.reading = site.one("select s3cache.presigned_url(%s, make_interval(secs => %s), cache => 'ending')", READ, life)
            worked = curl.fetch([curl.Request(self.reading)])[0].status == 200
            life *= 2
        prove(
            f"{site.name}: a URL with expires => '4 s', or some more on a busy machine, works at first", unless(worked, "never")
        )
        self.writing, self.form = None, None
        self.writing = site.one("select s3cache.upload_url(%s, expires => '1 s', cache => 'ending')", PUT)
        if site.whole:
            self.form = site.one("select s3cache.upload_form(%s, expires => '1 s', cache => 'ending')", FORM)
        self.begun = time.monotonic()

    def end(self):
        site = self.site
        over = until(lambda: curl.fetch([curl.Request(self.reading)])[0].refused)
        prove(f"{site.name}: and is refused once it expired", unless(over, "it still works"))
        # What was signed for a second is over before what was signed for longer, and before, is over for a second more.
        until(lambda: time.monotonic() - self.begun > 3)
        (written,) = curl.fetch([curl.Request(self.writing, "PUT", b"late")])
        prove(f"{site.name}: so is an expired upload_url()", unless(written.refused, written))
        if self.form:
            (posted,) = curl.fetch([filled(self.form, b"late")])
            prove(f"{site.name}: so is an expired upload_form()", unless(posted.refused, posted))
        prove(f"{site.name}: and stores nothing", set(site.stored(self.bucket)) - {READ})
