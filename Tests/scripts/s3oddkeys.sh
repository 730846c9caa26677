#!/usr/bin/env bash
# 2,500 odd keys that boto3 stores on Ceph RGW and on OpenStack Swift: after one rebuild the table equals boto3's listing, in
# every column that a listing has. Needs the PG* and S3CACHE_TEST_* variables that scripts/test.sh sets.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
count=2500
seed=20260704

# fill SERVER: the objects; both servers are filled at the same time.
fill() {
    local server=$1
    (
        use "$server"
        timeout 900 "$python" Tests/Support/odd_keys.py put "$AWS_ENDPOINT_URL" "$S3_BUCKET" $count $seed
    ) >"$work/$server.filled" 2>&1
}

# use SERVER: the environment of a program that works there.
use() {
    local upper=${1^^} endpoint access secret
    endpoint=S3CACHE_TEST_${upper}_ENDPOINT access=S3CACHE_TEST_${upper}_ACCESS_KEY secret=S3CACHE_TEST_${upper}_SECRET_KEY
    export AWS_ENDPOINT_URL=${!endpoint:?} AWS_ACCESS_KEY_ID=${!access:?} AWS_SECRET_ACCESS_KEY=${!secret:?}
    export S3_BUCKET=odd-keys-$$ PGDATABASE=${tag}_$1
}

# The table as JSON in Base64, a row a line: psql leaves out characters that it does not want to print.
table() {
    sql "$PGDATABASE" -c "
        select translate(encode(convert_to(json_build_object(
            'key', filename, 'size', size, 'etag', etag, 'storage_class', storage_class,
            'microseconds', (extract(epoch from last_modified) * 1000000)::bigint, 'state', state)::text,
            'UTF8'), 'base64'), E'\n', '')
        from s3_image_cache order by filename"
}

# shellcheck disable=SC2317  # called by prove
agree() {
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
    prove "$server: boto3 stores $count odd keys" grep -q . "$work/$server.filled"
    sed 's/^/# /' "$work/$server.filled"
    new_database "$PGDATABASE"
    sql "$PGDATABASE" -c 'create extension s3cache' -c 'select rebuild_s3_cache()' >"$work/job"
    timeout 300 "$program" worker --once --log-level warning 2>"$work/worker.log"
    prove "$server: one rebuild ends well" answers "$PGDATABASE" "done" "select state from s3cache.jobs where id = $(cat "$work/job")"
    timeout 120 "$python" Tests/Support/odd_keys.py list "$AWS_ENDPOINT_URL" "$S3_BUCKET" >"$work/$server.listed"
    table >"$work/$server.table"
    prove "$server: the table equals boto3's listing ($(wc -l <"$work/$server.listed") objects)" agree "$server"
    # Looked at one by one, each object is there, and the finer time of the listing stays.
    sql "$PGDATABASE" -c "update s3cache.object set state = 'unverified' where cache_id = 1 and id % 5 = 0"
    timeout 300 "$program" worker --once --log-level warning 2>>"$work/worker.log"
    table >"$work/$server.table"
    prove "$server: every fifth, asked for by HEAD, says the same" agree "$server"
    prove "$server: nothing was worth a warning" test ! -s "$work/worker.log"
}

fill swift &
filling=$!
fill rgw
check rgw
wait "$filling"
check swift
finish
