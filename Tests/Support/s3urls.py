#!/usr/bin/env python3
"""What URLs made by SQL do on a real server; Tests/scripts/s3urls.sh runs it.

    s3urls.py SERVER      rgw or swift

Prints one line a test, and ends with status 1 if one failed.
"""

import sys
import traceback

import proof
import urls_addressing
import urls_after_jobs
import urls_expiring
import urls_forms
import urls_images
import urls_reading
import urls_uploading
from urls_site import Site

KEYS = 200


def main(name):
    site = Site(name)
    expiring = urls_expiring.Expiring(site)
    forgeries = 60 if site.whole else 20
    parts = [
        lambda: urls_reading.read(site, KEYS, forgeries),
        lambda: urls_uploading.put(site, KEYS, forgeries),
        lambda: urls_addressing.address(site),
    ]
    if site.whole:
        parts += [
            lambda: urls_forms.post(site, KEYS, forgeries),
            lambda: urls_images.images(site),
            lambda: urls_after_jobs.follow(site),
        ]
    for part in [*parts, expiring.end]:
        try:
            part()
        except Exception as error:  # the other parts can still say something
            proof.prove(f"{name}: a part of the tests runs to its end", traceback.format_exception(error)[-8:])


if __name__ == "__main__":
    main(sys.argv[1])
    sys.exit(proof.failures > 0)
