#!/usr/bin/env bash
# URLs that SQL makes, used with curl on Ceph RGW and on OpenStack Swift: those for reading and for uploading work for odd
# keys, whatever is expired or was changed is refused by the server. Needs the PG* and S3CACHE_TEST_* variables that
# scripts/test.sh sets.
# shellcheck disable=SC2030,SC2031  # a subshell counts for itself
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
workers=()

stop_workers() {
    local worker
    for worker in "${workers[@]}"; do kill "$worker" && wait "$worker"; done 2>"$work/kill.log"
    workers=()
}

# shellcheck disable=SC2317  # called by the trap
leave_all() {
    stop_workers
    leave
}
trap leave_all EXIT

# use SERVER: the environment of a program that works there.
use() {
    local upper=${1^^} endpoint access secret
    endpoint=S3CACHE_TEST_${upper}_ENDPOINT access=S3CACHE_TEST_${upper}_ACCESS_KEY secret=S3CACHE_TEST_${upper}_SECRET_KEY
    export AWS_ENDPOINT_URL=${!endpoint:?} AWS_ACCESS_KEY_ID=${!access:?} AWS_SECRET_ACCESS_KEY=${!secret:?}
    export S3_BUCKET=odd-$tag PGDATABASE=${tag}_$1
}

# shellcheck disable=SC2317  # called by prove
published() {
    local deadline=$((SECONDS + 120))
    until answers "$PGDATABASE" t "select s3cache.url('a') is not null and s3cache.upload_url('a') is not null" >"$work/published"; do
        [ $SECONDS -lt $deadline ] || { cat "$work/published" "$1" && return 1; }
        sleep 0.1
    done
}

# begin SERVER: its database, and a worker.
begin() {
    use "$1"
    new_database "$PGDATABASE" && "$sqlbundle" migration --sql sql --schema public | sql "$PGDATABASE" -o "$work/migration" || exit 1
    "$program" worker --log-level warning 2>"$work/$PGDATABASE.log" &
    workers+=($!)
}

# check SERVER: that keys are there, then all the rest. In a subshell, with files of its own: both run at the same time.
check() (
    use "$1"
    log=$work/$PGDATABASE.log work=$work/$1
    mkdir "$work"
    prove "$1: the worker publishes signing keys" published "$log"
    timeout 300 "$python" Tests/Support/s3urls.py "$1" || failures=$((failures + 1))
    # One cache has credentials that no worker has.
    grep -v nobody "$log" >"$work/warnings"
    prove "$1: nothing else was worth a warning" same /dev/null "$work/warnings"
    finish
)

begin swift
begin rgw
new_user "${tag}_web" "in role s3cache_writer"
export PYTHONDONTWRITEBYTECODE=1 S3CACHE_URLS_ROLE=${tag}_web S3CACHE_URLS_TAG=$tag
check swift >"$work/swift.out" 2>&1 &
checking=$!
check rgw || failures=$((failures + 1))
wait "$checking" || failures=$((failures + 1))
cat "$work/swift.out"
stop_workers
for server in rgw swift; do
    use $server
    prove "$server: once the worker has stopped, URLs go on" answers "$PGDATABASE" t "
        select s3cache.url('a') ^@ '$AWS_ENDPOINT_URL/$S3_BUCKET/a?X-Amz-' and not exists (select from s3cache.workers where state <> 'dead')"
done
finish
