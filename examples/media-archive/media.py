"""Makes a media cache: the files below cache/media, and the rows of post_media as CSV on standard output.

    media.py IMAGES VIDEOS [PREFIX]      PREFIX (med) begins the rows' media_id

Files are named by the MD5 of their contents, rows are a few hours apart.
"""

import csv
import datetime
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pictures  # noqa: E402

KINDS = {"image": ("images", ".jpg", "image/jpeg"), "video": ("videos", ".mp4", "video/mp4")}
BEGIN = datetime.datetime(2024, 12, 20)


def main(images, videos, prefix="med"):
    rows = csv.writer(sys.stdout)
    images, videos = int(images), int(videos)
    for number in range(images + videos):
        # Videos are spread among images.
        kind = "video" if (number + 1) * videos // (images + videos) > number * videos // (images + videos) else "image"
        folder, extension, mime = KINDS[kind]
        content = pictures.picture(extension, f"{prefix} {number}")
        digest = hashlib.md5(content).hexdigest()
        path = pathlib.Path("cache/media", folder, digest + extension)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.writerow([f"{prefix}-{number:04}", f"post-{number // 3}", kind, f"https://social.example/{prefix}/{number}", path, digest,
                       len(content), mime, BEGIN + datetime.timedelta(hours=7 * number)])


main(*sys.argv[1:])
