#!/usr/bin/env bash
# Harms what runs against Ceph RGW in every way, and checks that nothing is lost.
#
#   bench/chaos.sh [jobs | rebuilds | uploads]    one of the three; all, one after the other, by default
#
# jobs: four workers run S3CACHE_CHAOS_JOBS jobs (20,000), enqueued during S3CACHE_CHAOS_SECONDS (400), while they are killed, their
# connections ended or frozen, the database server stopped at once and started, and S3 cut off; then each job has ended exactly once,
# and the table is equal to the bucket. All is over after ten minutes.
# rebuilds: three workers make S3CACHE_CHAOS_REBUILDS rebuilds (50) of a bucket of S3CACHE_CHAOS_OBJECTS objects (20,000) while they are
# killed, others write, transactions stay open and listings are spoiled; after each the table is equal to the bucket, and no reader ever
# missed a file that was there all along. It takes ten minutes and more.
# uploads: three workers make S3CACHE_CHAOS_UPLOADS uploads (200) of 1 byte to 64 MiB while they are killed, and then
# S3CACHE_CHAOS_OUTAGE_UPLOADS (500) while S3 is away for S3CACHE_CHAOS_OUTAGE seconds (30); then rows and objects are the same, each object
# has its bytes and was stored once, and no parts and no staged bytes are left. It takes some three minutes.
# Everything is its own: PostgreSQL, the S3 server (that of S3CACHE_TEST_RGW_ENDPOINT where that is set), the workers.
# S3CACHE_BINARY is the program; `make chaos` builds it first. S3CACHE_CHAOS_KEEP=1 leaves logs and data.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
    jobs | rebuilds | uploads) part=$1 ;;
    '')
        "$0" jobs && "$0" rebuilds && "$0" uploads
        exit
        ;;
    *)
        sed -n '4p' "$0" | sed 's/^# *//' >&2
        exit 2
        ;;
esac
seconds=${S3CACHE_CHAOS_SECONDS:-400}
rebuilds=${S3CACHE_CHAOS_REBUILDS:-50}
jobs=${S3CACHE_CHAOS_JOBS:-20000}
venv=${S3CACHE_VENV:-.build/venv}
S3CACHE_BINARY=$(realpath "${S3CACHE_BINARY:-${S3CACHE_SCRATCH:-.build}/release/s3cache}")
work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-chaos.XXXXXX")
chmod 0711 "$work"  # the server, which never runs as root, keeps its files below
run=
# shellcheck disable=SC2317  # called by the trap
finish() {
    # The run first: it stops what it has started.
    [ -z "$run" ] || { kill -INT "$run" 2>/dev/null && timeout 30 tail --pid="$run" -s 0.05 -f /dev/null; } || true
    [ ! -d "$work/s3" ] || scripts/test-s3.sh stop "$work/s3" || true
    scripts/test-cluster.sh stop "$work/pg" || true
    if [ -n "${S3CACHE_CHAOS_KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Killed processes are not the machine: what the server wrote survives them.
scripts/test-cluster.sh start "$work/pg"
eval "$(scripts/test-cluster.sh env "$work/pg")"
if [ -z "${S3CACHE_TEST_RGW_ENDPOINT:-}" ]; then
    scripts/test-s3.sh start "$work/s3"
    eval "$(scripts/test-s3.sh env "$work/s3")"
fi
export S3CACHE_BINARY S3CACHE_CHAOS_WORK=$work
case $part in
    jobs) limit=$((seconds + 185)) harm=(main.py "$jobs" "$seconds") ;;
    rebuilds) limit=$((240 + 60 * rebuilds)) harm=(rebuilds.py "$rebuilds" "${S3CACHE_CHAOS_OBJECTS:-20000}") ;;
    uploads)
        limit=1500
        harm=(uploads.py "${S3CACHE_CHAOS_UPLOADS:-200}" "${S3CACHE_CHAOS_OUTAGE_UPLOADS:-500}" "${S3CACHE_CHAOS_OUTAGE:-30}")
        ;;
esac
timeout --signal=INT --kill-after=20 "$limit" "$venv/bin/python" "bench/chaos/${harm[0]}" "${harm[@]:1}" &
run=$!
status=0
wait "$run" || status=$?
run=
if [ $status -ne 0 ]; then
    for log in "$work"/worker-*.log; do echo "# $log" && tail -n 5 "$log" | cut -c 1-300; done
fi
exit $status
