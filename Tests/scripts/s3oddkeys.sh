#!/usr/bin/env bash
# 2,500 odd keys that boto3 stores on Ceph RGW and on OpenStack Swift: after one rebuild the table equals boto3's listing, in
# every column that a listing has. Needs the PG* and S3CACHE_TEST_* variables that scripts/test.sh sets.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

python=${S3CACHE_VENV:-$root/.build/venv}/bin/python
s3cache=${S3CACHE_BINARY:-$root/.build/debug/s3cache}
count=2500
seed=20260704
work=$(mktemp -d)
databases=()
# shellcheck disable=SC2317  # called by the trap
finish() {
    local database
    cd / || return
    rm -rf "$work"
    for database in "${databases[@]}"; do dropdb --if-exists --force "$database"; done
}
trap finish EXIT
failures=0

prove() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        head -n 20 "$work/log" | cut -c 1-300 | sed 's/^/#   /'
        failures=$((failures + 1))
    fi
}

# fill SERVER: the objects; both servers are filled at the same time.
fill() {
    local server=$1
    (
        use "$server"
        timeout 900 "$python" "$root/Tests/Support/odd_keys.py" put "$AWS_ENDPOINT_URL" "$S3_BUCKET" $count $seed
    ) >"$work/$server.filled" 2>&1
}

# use SERVER: the environment of a program that works there.
use() {
    local upper=${1^^} endpoint access secret
    endpoint=S3CACHE_TEST_${upper}_ENDPOINT access=S3CACHE_TEST_${upper}_ACCESS_KEY secret=S3CACHE_TEST_${upper}_SECRET_KEY
    export AWS_ENDPOINT_URL=${!endpoint:?} AWS_ACCESS_KEY_ID=${!access:?} AWS_SECRET_ACCESS_KEY=${!secret:?}
    export S3_BUCKET=odd-keys-$$ PGDATABASE=odd_keys_${1}_$$
}

sql() { timeout 60 psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# The table as JSON in Base64, a row a line: psql leaves out characters that it does not want to print.
table() {
    sql -c "
        select translate(encode(convert_to(json_build_object(
            'key', filename, 'size', size, 'etag', etag, 'storage_class', storage_class,
            'microseconds', (extract(epoch from last_modified) * 1000000)::bigint, 'state', state)::text,
            'UTF8'), 'base64'), E'\n', '')
        from s3_image_cache order by filename"
}

# shellcheck disable=SC2317  # called by prove
same() {
    "$python" - "$work/$1.listed" "$work/$1.table" <<'PYTHON'
import base64, datetime, json, sys

def microseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)

with open(sys.argv[1]) as lines:
    listed = [json.loads(line) for line in lines]
with open(sys.argv[2]) as lines:
    rows = [json.loads(base64.b64decode(line)) for line in lines]
expected = {
    entry["key"]: (entry["size"], entry["etag"], entry["storage_class"] or "STANDARD", microseconds(entry["last_modified"]))
    for entry in listed
}
found = {
    row["key"]: (row["size"], row["etag"], row["storage_class"], row["microseconds"]) for row in rows if row["state"] == "present"
}
print(len(listed), "listed,", len(rows), "rows")
for key in expected.keys() - found.keys():
    print("not in the table:", json.dumps(key))
for key in found.keys() - expected.keys():
    print("not in the bucket:", json.dumps(key))
for key in expected.keys() & found.keys():
    if expected[key] != found[key]:
        print("differs:", json.dumps(key), expected[key], found[key])
in_order = [row["key"].encode() for row in rows] == sorted(row["key"].encode() for row in rows)
sys.exit(not (expected == found and len(rows) == len(listed) >= 2500 and in_order))
PYTHON
}

check() {
    local server=$1
    use "$server"
    databases+=("$PGDATABASE")
    prove "$server: boto3 stores $count odd keys" grep -q . "$work/$server.filled"
    sed 's/^/# /' "$work/$server.filled"
    createdb --template template0 --encoding UTF8 "$PGDATABASE" && sql -c 'create extension s3cache' || return
    sql -c 'select rebuild_s3_cache()' >"$work/job"
    timeout 300 "$s3cache" worker --once --log-level warning 2>"$work/worker.log"
    prove "$server: one rebuild ends well" test "$(sql -c "select state from s3cache.jobs where id = $(cat "$work/job")")" = "done"
    timeout 120 "$python" "$root/Tests/Support/odd_keys.py" list "$AWS_ENDPOINT_URL" "$S3_BUCKET" >"$work/$server.listed"
    table >"$work/$server.table"
    prove "$server: the table equals boto3's listing ($(wc -l <"$work/$server.listed") objects)" same "$server"
    # Looked at one by one, each object is there, and the finer time of the listing stays.
    sql -c "update s3cache.object set state = 'unverified' where cache_id = 1 and id % 5 = 0"
    timeout 300 "$s3cache" worker --once --log-level warning 2>>"$work/worker.log"
    table >"$work/$server.table"
    prove "$server: every fifth, asked for by HEAD, says the same" same "$server"
    prove "$server: nothing was worth a warning" test ! -s "$work/worker.log"
}

fill swift &
filling=$!
fill rgw
check rgw
wait "$filling"
check swift
exit $((failures > 0))
