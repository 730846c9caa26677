#!/usr/bin/env bash
# What no cache may take, by upload, data: URI, file, URL and rename, on Ceph RGW: each is refused with a sentence of its own, no byte
# reaches the bucket, and nothing stays staged. Needs the PG* and S3CACHE_TEST_RGW_* variables that scripts/test.sh sets.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
processes=()
# shellcheck disable=SC2317  # called by the trap
leave_all() {
    local process
    for process in "${processes[@]}"; do kill "$process" && wait "$process"; done 2>"$work/kill.log"
    leave
}
trap leave_all EXIT

export AWS_ENDPOINT_URL=${S3CACHE_TEST_RGW_ENDPOINT:?} AWS_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_ACCESS_KEY:?}
export AWS_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_SECRET_KEY:?} AWS_REGION=us-east-1 S3_BUCKET=hostile-$tag PGDATABASE=${tag}_hostile
export PYTHONDONTWRITEBYTECODE=1
new_database "$PGDATABASE" && "$sqlbundle" migration --sql sql --schema public | sql "$PGDATABASE" -o "$work/migration" || exit 1
"$python" -c "
import sys; sys.path.insert(0, 'Tests/Support')
import hostile_uploads; hostile_uploads.bucket().create_bucket(Bucket='$S3_BUCKET')" || exit 1
mkdir "$work/root" "$work/scratch"

mkfifo "$work/said" "$work/go"
timeout 400 "$python" Tests/Support/hostile_uploads.py "$work/root" <"$work/go" >"$work/said" &
processes+=($!)
exec 3>"$work/go" 4<"$work/said"
read -r -t 60 port <&4 || exit 1
env TMPDIR="$work/scratch" S3CACHE_FILE_ROOTS="$work/root" S3CACHE_FETCH_HTTP=on S3CACHE_FETCH_PORTS="80, 443, $port" \
    S3CACHE_FETCH_NETWORKS=127.0.0.9/32 "$program" worker --log-level error 2>"$work/worker.log" &
worker=$!
processes=("$worker" "${processes[@]}")
echo >&3
exec 3>&-
cat <&4
wait "${processes[1]}" || failures=$((failures + 1))
processes=("$worker")

# shellcheck disable=SC2317  # called by prove
small() {
    local peak
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$worker/status")
    [ "$peak" -lt 300 ] || { echo "it took $peak MB"; return 1; }
}
prove 'the worker lives, and took no more memory than it may' small
kill "$worker"
prove 'it leaves' timeout 60 tail --pid="$worker" -s 0.05 -f /dev/null
prove 'and leaves no file behind' same /dev/null <(ls -A "$work/scratch")
prove 'it said nothing but which jobs failed' same /dev/null <(grep -v 'Job failed$' "$work/worker.log")
finish
