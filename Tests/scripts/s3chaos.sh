#!/usr/bin/env bash
# bench/chaos.sh for a minute: jobs end exactly once, and the table equals the bucket, whatever is killed or cut off.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

export S3CACHE_CHAOS_SECONDS=60 S3CACHE_CHAOS_JOBS=${S3CACHE_CHAOS_JOBS:-1500}
exec timeout --kill-after=40 300 bench/chaos.sh jobs
