#!/usr/bin/env bash
# Ceph RGW pushes event notifications while boto3 changes objects: what s3cache.ingest_event() makes of them is what HEAD says, in
# whatever order they come, without asking the bucket; of a bucket with versions, after a worker has asked for what is in doubt.
# Needs the PG* and S3CACHE_TEST_* variables that scripts/test.sh sets.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
seed=20260704
bucket=events-$$
export AWS_ENDPOINT_URL=${S3CACHE_TEST_RGW_ENDPOINT:?} AWS_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_ACCESS_KEY:?}
export AWS_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_SECRET_KEY:?} AWS_REGION=us-east-1 S3_BUCKET=$bucket
export PGDATABASE=${tag}_events
new_database "$PGDATABASE" && sql "$PGDATABASE" -c 'create extension s3cache' -c "select s3cache.configure(bucket => '$bucket'),
    s3cache.create_cache('versions', '$bucket-versions')" -o /dev/null || exit 1

prove 'RGW pushes an event for each change' timeout 300 "$python" Tests/Support/rgw_events.py "$AWS_ENDPOINT_URL" "$bucket" $seed "$work"
prove 'of each bucket a hundred and more, and objects are left' test "$(wc -l <"$work/$bucket.events")" -gt 100 -a \
    "$(wc -l <"$work/$bucket-versions.events")" -gt 100 -a "$(wc -l <"$work/$bucket.heads")" -gt 2 -a "$(wc -l <"$work/$bucket-versions.heads")" -gt 2

# ingest FILE: each line as an event, in its order.
ingest() {
    {
        echo 'create temporary table body (n bigint generated always as identity, event text);'
        # Characters that JSON does not have: each line is one value.
        printf '%s%s\n' "\\copy body (event) from '$1'" " with (format csv, delimiter E'\\x01', quote E'\\x02')"
        # shellcheck disable=SC2016  # dollars of SQL
        echo 'do $$ declare e text; begin for e in select event from body order by n loop perform s3cache.ingest_event(e::jsonb); end loop; end $$;'
    } | sql "$PGDATABASE" -f -
}
# agrees CACHE BUCKET: the rows that are present are what HEAD told.
agrees() {
    sql "$PGDATABASE" -c "select json_build_object('key', filename, 'size', size, 'etag', etag, 'seconds', extract(epoch from date_trunc('second', last_modified))::bigint)
        from s3cache.object where cache_id = s3cache.cache_id('$1') and state = 'present' order by filename" >"$work/rows"
    "$python" - "$work/rows" "$work/$2.heads" <<'PYTHON'
import json, sys
rows, heads = ({one["key"]: one for one in map(json.loads, open(name))} for name in sys.argv[1:])
for key in sorted(rows.keys() | heads.keys()):
    if rows.get(key) != heads.get(key):
        print("row", rows.get(key), "HEAD", heads.get(key))
sys.exit(rows != heads)
PYTHON
}
none_in_doubt() { answers "$PGDATABASE" 0 "select count(*) from s3cache.object where state = 'unverified'"; }

ingest "$work/$bucket.events"
prove 'in the order of arrival: the table is what HEAD says' agrees s3_image_cache "$bucket"
prove 'and nothing needs to be asked for' none_in_doubt
sql "$PGDATABASE" -c 'select id, updated_at, touched_xid from s3_image_cache' >"$work/before"
ingest "$work/$bucket.events"
sql "$PGDATABASE" -c 'select id, updated_at, touched_xid from s3_image_cache' >"$work/after"
prove 'all of them once more change nothing' same "$work/before" "$work/after"
for turn in 1 2 3; do
    sql "$PGDATABASE" -c 'delete from s3cache.object' -c 'delete from s3cache.tombstone'
    cat "$work/$bucket.events" "$work/$bucket.events" | shuf --random-source=<(yes $turn) >"$work/shuffled"
    ingest "$work/shuffled"
    prove "shuffled and twice, $turn: the table is what HEAD says" agrees s3_image_cache "$bucket"
    prove 'and nothing needs to be asked for' none_in_doubt
done
sql "$PGDATABASE" -c 'delete from s3cache.object' -c 'delete from s3cache.tombstone'
shuf --random-source=<(yes 4) "$work/$bucket-versions.events" >"$work/shuffled"
ingest "$work/shuffled"
prove 'of a bucket with versions some rows are in doubt' answers "$PGDATABASE" t "select count(*) > 0 from versions where state = 'unverified'"
timeout 120 "$program" worker --once --log-level warning 2>"$work/worker.log"
prove 'which a worker asks for' none_in_doubt
prove 'and then the table is what HEAD says' agrees versions "$bucket-versions"
prove 'nothing was worth a warning' same /dev/null "$work/worker.log"

# After a rebuild: what events tell of rows that it wrote is asked for, unless it is the same.
sql "$PGDATABASE" -c 'delete from s3cache.object' -c 'delete from s3cache.tombstone' -c 'select rebuild_s3_cache()' -o /dev/null
timeout 120 "$program" worker --once --log-level warning 2>"$work/worker.log"
ingest "$work/shuffled" && shuf --random-source=<(yes 5) "$work/$bucket.events" >"$work/shuffled" && ingest "$work/shuffled"
timeout 120 "$program" worker --once --log-level warning 2>"$work/worker.log"
prove 'late events after a rebuild: the table is what HEAD says' agrees s3_image_cache "$bucket"
finish
