#!/usr/bin/env bash
# bench/chaos.sh for a few uploads: whoever is killed, and while the bucket is away, each is safely there, once, and nothing is left over.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

export S3CACHE_CHAOS_UPLOADS=${S3CACHE_CHAOS_UPLOADS:-40} S3CACHE_CHAOS_OUTAGE_UPLOADS=${S3CACHE_CHAOS_OUTAGE_UPLOADS:-60}
export S3CACHE_CHAOS_OUTAGE=${S3CACHE_CHAOS_OUTAGE:-4}
exec timeout --kill-after=40 1200 bench/chaos.sh uploads
