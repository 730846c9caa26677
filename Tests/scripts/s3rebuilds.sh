#!/usr/bin/env bash
# bench/chaos.sh for a few rebuilds: the table equals the bucket after each, and no file ever vanishes, whoever is killed or writes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

export S3CACHE_CHAOS_REBUILDS=${S3CACHE_CHAOS_REBUILDS:-4} S3CACHE_CHAOS_OBJECTS=${S3CACHE_CHAOS_OBJECTS:-8000}
exec timeout --kill-after=40 $((400 + 60 * S3CACHE_CHAOS_REBUILDS)) bench/chaos.sh rebuilds
