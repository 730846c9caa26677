#!/usr/bin/env bash
# Rebuilds from inventories: of a bucket with versions and odd keys on Ceph RGW boto3 writes reports as Amazon S3 does. The table
# becomes what boto3 lists, also after changes that a report does not know; a spoilt report changes nothing; a worker that is
# killed again and again loses nothing. Needs the PG* and S3CACHE_TEST_* variables that scripts/test.sh sets.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
bucket=inventory-$$
export AWS_ENDPOINT_URL=${S3CACHE_TEST_RGW_ENDPOINT:?} AWS_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_ACCESS_KEY:?}
export AWS_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_SECRET_KEY:?} AWS_REGION=us-east-1 S3_BUCKET=$bucket
export PGDATABASE=${tag}_inventory
new_database "$PGDATABASE" && sql "$PGDATABASE" -c 'create extension s3cache' -c "select s3cache.configure(bucket => '$bucket'),
    s3cache.create_cache('many', '$bucket-many')" -o /dev/null || exit 1

# rgw COMMAND [ARGUMENT…]
rgw() { timeout 600 "$python" Tests/Support/rgw_inventory.py "$1" "$AWS_ENDPOINT_URL" "$bucket" "${@:2}"; }
# import PATH [ARGUMENTS]: a rebuild from the report there, run to its end; its id is left in $job.
import() {
    job=$(sql "$PGDATABASE" -c "select s3cache.rebuild(inventory => 's3://$bucket-reports/$1manifest.json'${2:-})") || return 1
    timeout 300 "$program" worker --once --log-level error 2>"$work/worker.log"
}
# ends STATE [CODE]
ends() { answers "$PGDATABASE" "$1|${2:-}" "select state, result -> 'error' ->> 'code' from s3cache.jobs where id = $job" || { cat "$work/worker.log" && false; }; }
table() {
    sql "$PGDATABASE" -c "
        select translate(encode(convert_to(json_build_object('key', filename, 'size', size, 'etag', etag, 'storage_class', storage_class)::text,
            'UTF8'), 'base64'), E'\n', '')
        from s3_image_cache where state = 'present' order by filename" >"$work/table"
}
# agrees: the rows that are present are what boto3 lists.
agrees() {
    table && timeout 120 "$python" Tests/Support/odd_keys.py list "$AWS_ENDPOINT_URL" "$bucket" >"$work/listed" &&
        "$python" - "$work/listed" "$work/table" <<'PYTHON'
import base64, json, sys
listed = {one["key"]: one for one in map(json.loads, open(sys.argv[1]))}
rows = {one["key"]: one for one in (json.loads(base64.b64decode(line)) for line in open(sys.argv[2]))}
expected = {key: (one["size"], one["etag"], one["storage_class"] or "STANDARD") for key, one in listed.items()}
found = {key: (one["size"], one["etag"], one["storage_class"] or "STANDARD") for key, one in rows.items()}
for key in sorted(expected.keys() | found.keys()):
    if expected.get(key) != found.get(key):
        print(json.dumps(key), "listed", expected.get(key), "row", found.get(key))
sys.exit(expected != found or len(found) < 300)
PYTHON
}

prove 'boto3 stores odd keys, versions and deletions' rgw fill 20260704
prove 'and writes a report of them' rgw report daily/1/
before=$(sql "$PGDATABASE" -c 'select md5(coalesce(string_agg(o::text, $$,$$ order by filename), $$$$)) from s3cache.object o')
for fault in bytes:checksum_mismatch missing:no_such_key bucket:inventory_wrong_bucket parquet:inventory_unsupported row:inventory_malformed \
    twice:inventory_malformed; do
    prove "a report with a fault: ${fault%:*}" rgw report "faults/${fault%:*}/" "${fault%:*}"
    import "faults/${fault%:*}/" ', force => true'
    if [ "${fault#*:}" = checksum_mismatch ]; then
        prove 'is tried again' ends waiting "${fault#*:}"
        sql "$PGDATABASE" -c "select s3cache.cancel($job)" -o /dev/null
    else
        prove 'fails for a reason that is told' ends failed "${fault#*:}"
    fi
    # shellcheck disable=SC2016  # dollars of SQL
    prove 'and changes nothing' answers "$PGDATABASE" "$before" 'select md5(coalesce(string_agg(o::text, $$,$$ order by filename), $$$$)) from s3cache.object o'
done
import faults/none/
prove 'where there is no report, that is told' ends failed no_such_key

import daily/1/
prove 'the report is imported' ends "done"
prove 'the table is what boto3 lists' agrees
import daily/1/ ', force => true'
prove 'once more changes nothing' answers "$PGDATABASE" '0|0|0' "select result ->> 'added', result ->> 'updated', result ->> 'removed' from s3cache.jobs where id = $job"

# What happens after the report.
prove 'objects change, and events tell of it' rgw change
cp "$work/log" "$work/events"
while read -r event; do
    sql "$PGDATABASE" -v event="$event" -o /dev/null <<<"select s3cache.ingest_event(:'event');"
done <"$work/events"
sql "$PGDATABASE" -c "select s3cache.configure(allowed_types => '{text}')" -c "select s3cache.upload('later/uploaded.txt', 'after'), s3cache.upload('later/new.txt', 'new'), s3cache.delete_object('later/deleted.jpg'),
    add_file_to_s3_cache('later/added.jpg')" -o /dev/null
timeout 300 "$program" worker --once --log-level error 2>"$work/worker.log"
prove 'the table follows' agrees
import daily/1/ ', force => true'
prove 'the same report again' ends "done"
prove 'undoes nothing of it' agrees
prove 'a later report' rgw report daily/2/
import daily/2/ ', force => true'
prove 'is imported' ends "done"
prove 'and the table is what boto3 lists' agrees
sql "$PGDATABASE" -c 'select rebuild_s3_cache()' -o /dev/null && timeout 300 "$program" worker --once --log-level error 2>"$work/worker.log"
prove 'a rebuild from the bucket adds nothing' answers "$PGDATABASE" 0 "select last_rebuild ->> 'added' from s3cache.stats()"
prove 'and the table is what boto3 lists' agrees
import daily/2/
prove 'and knows better than the report' ends failed inventory_outdated

# Killed again and again, while it collects, sorts, compares and writes.
count=200000
prove 'a report of many objects' timeout 600 "$python" Tests/Support/rgw_inventory.py synthetic "$AWS_ENDPOINT_URL" "$bucket-many" daily/ $count
sql "$PGDATABASE" -c "insert into many (filename, size, etag, state, verified_at, touched_xid) select to_char(n, 'FM0000000') || '.jpg', 1, 'old', 'present', '2020-01-01', '3'
    from generate_series(0, 1000000, 50) n"
job=$(sql "$PGDATABASE" -c "select s3cache.rebuild('many', force => true, inventory => 's3://$bucket-many-reports/daily/manifest.json')")
# comes CONDITION: within two minutes, or the job has ended.
comes() {
    local deadline=$((SECONDS + 120))
    until [ "$(sql "$PGDATABASE" -c "select ($1) or exists (select from s3cache.job_history where id = $job)")" = t ]; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.05
    done
}
kills=0
while read -r condition; do
    "$program" worker --slice-size 5000 --log-level warning 2>>"$work/killed.log" &
    killed=$!
    prove "it comes to: $condition" comes "$condition"
    kill -9 $killed 2>/dev/null && kills=$((kills + 1))
    wait $killed 2>/dev/null
    # Its lease has ended, and the job is no poison.
    sql "$PGDATABASE" -c "update s3cache.worker set heartbeat_at = '2000-01-01'" -c 'update s3cache.job set worker_deaths = 0'
done <<'CONDITIONS'
exists (select from s3cache.inventory_row)
exists (select from s3cache.rebuild_listing where staged is not null)
(select count(*) > 5 from s3cache.rebuild_slice)
exists (select from many where state = 'present' and etag <> 'old')
CONDITIONS
timeout 300 "$program" worker --slice-size 5000 --log-level error 2>"$work/worker.log" &
worker=$!
prove "after $kills kills it ends" answers "$PGDATABASE" "done|$count|" \
    "select state, result ->> 'listed', error from s3cache.wait($job, timeout => '90 s')"
kill $worker 2>/dev/null
wait $worker 2>/dev/null
prove 'as if there had been none' answers "$PGDATABASE" "$count|$count|0" "
    select count(*), count(distinct filename), count(*) filter (where state <> 'present' or etag is distinct from 'e' || size
        or filename <> to_char(size * 7919 % 1000003, 'FM0000000') || '.jpg') from many"
sql "$PGDATABASE" -c 'select s3cache.prune_listings(1000000)' -o /dev/null
prove 'and nothing of it is left' answers "$PGDATABASE" '0|0|0' "
    select (select count(*) from s3cache.inventory_row), (select count(*) from s3cache.rebuild_listed), (select count(*) from s3cache.rebuild_change)"
sed 's/^/# /' "$work/worker.log" "$work/killed.log" | head -n 20
finish
