#!/usr/bin/env bash
# Real images through SQL and through files on Ceph RGW: boto3 reads back the same bytes, types, Cache-Control and metadata; and width, height
# and type are those that another program sees. Needs the PG* and S3CACHE_TEST_RGW_* variables that scripts/test.sh sets.
#
# By default images that this machine has anyway, and some that are made. S3CACHE_IMAGES_PACKAGES names Debian packages to take them from, such as
# `adwaita-icon-theme oxygen-icon-theme gnome-backgrounds`, which are downloaded and not installed; Pillow is installed then, apart.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
worker=
# shellcheck disable=SC2317  # called by the trap
leave_all() {
    [ -z "$worker" ] || { kill "$worker" && wait "$worker"; } 2>"$work/kill.log"
    leave
}
trap leave_all EXIT

mkdir "$work/root"
if [ -n "${S3CACHE_IMAGES_PACKAGES:-}" ]; then
    others=$(realpath -m "${S3CACHE_SCRATCH:-.build}/images-python")
    [ -d "$others" ] || timeout 300 "$python" -m pip install --quiet --disable-pip-version-check --target "$others" pillow==13.0.0 pillow-heif==1.8.1 || exit 1
    export PYTHONPATH=$others S3CACHE_IMAGES_LEAST=${S3CACHE_IMAGES_LEAST:-5000}
    mkdir "$work/debs"
    # shellcheck disable=SC2086  # several names
    (cd "$work/debs" && timeout 600 apt-get download $S3CACHE_IMAGES_PACKAGES) >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; exit 1; }
    for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
else
    # Of those of this machine 400; of those with equal names one is enough.
    while read -r image; do cp -n "$image" "$work/root/"; done < <(find /usr/share /usr/lib -xdev -type f -size -200k -size +0 \
        \( -name '*.png' -o -name '*.jpg' -o -name '*.gif' -o -name '*.ico' -o -name '*.svg' \) 2>"$work/find.log" | head -n 400)
    PYTHONPATH=Tests/Support "$python" - "$work/root" <<'PYTHON' || exit 1
import sys, hostile_files as made
for side in (1, 7, 640):
    for name, content in (("png", made.png(side, side + 1)), ("jpg", made.jpeg(side, side + 1)), ("gif", made.gif(side, side + 1)),
            ("webp", made.riff(made.vp8(side, side + 1))), ("avif", made.avif(side, side + 1)), ("tiff", made.tiff(side, side + 1)),
            ("bmp", made.bmp(side, side + 1))):
        with open(f"{sys.argv[1]}/made-{side}.{name}", "wb") as file:
            file.write(content)
PYTHON
fi
export AWS_ENDPOINT_URL=${S3CACHE_TEST_RGW_ENDPOINT:?} AWS_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_ACCESS_KEY:?}
export AWS_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_SECRET_KEY:?} AWS_REGION=us-east-1 S3_BUCKET=images-$tag PGDATABASE=${tag}_images
export PYTHONDONTWRITEBYTECODE=1
new_database "$PGDATABASE" && "$sqlbundle" migration --sql sql --schema public | sql "$PGDATABASE" -o "$work/migration" || exit 1
PYTHONPATH=Tests/Support "$python" -c "import hostile_uploads; hostile_uploads.bucket().create_bucket(Bucket='$S3_BUCKET')" || exit 1
S3CACHE_FILE_ROOTS="$work/root" "$program" worker --log-level error 2>"$work/worker.log" &
worker=$!
timeout 2000 "$python" Tests/Support/real_images.py "$work/root" || failures=$((failures + 1))
prove 'the worker said nothing but which jobs failed' same /dev/null <(grep -v 'Job failed$' "$work/worker.log")
finish
