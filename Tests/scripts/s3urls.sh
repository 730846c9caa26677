#!/usr/bin/env bash
# URLs that SQL makes, used with curl on Ceph RGW and on OpenStack Swift: those for reading and for uploading work for odd
# keys, whatever is expired or was changed is refused by the server. Needs the PG* and S3CACHE_TEST_* variables that
# scripts/test.sh sets.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
workers=()

# shellcheck disable=SC2317  # called by the trap
leave_all() {
    local worker
    for worker in "${workers[@]}"; do kill "$worker" && wait "$worker"; done 2>"$work/kill.log"
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
    until answers "$PGDATABASE" t "select s3cache.url('a') is not null" >"$work/published"; do
        [ $SECONDS -lt $deadline ] || { cat "$work/published" "$work/$PGDATABASE.log" && return 1; }
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

# check SERVER: that keys are there, then all the rest.
check() {
    use "$1"
    prove "$1: the worker publishes signing keys" published
    timeout 300 "$python" Tests/Support/s3urls.py "$1" || failures=$((failures + 1))
    # One cache has credentials that no worker has.
    grep -v nobody "$work/$PGDATABASE.log" >"$work/$1.warnings"
    prove "$1: nothing else was worth a warning" same /dev/null "$work/$1.warnings"
    finish
}

begin swift
begin rgw
new_user "${tag}_web" "in role s3cache_writer"
export PYTHONDONTWRITEBYTECODE=1 S3CACHE_URLS_ROLE=${tag}_web S3CACHE_URLS_TAG=$tag
(check swift) >"$work/swift.out" 2>&1 &
checking=$!
(check rgw) || failures=$((failures + 1))
wait "$checking" || failures=$((failures + 1))
cat "$work/swift.out"
finish
