#!/usr/bin/env bash
# A rebuild from a bucket so slow, however many pages are asked for at once, that it takes more than a minute: it gets there, in
# one attempt; killed, it goes on where it was; and by prefix it lists no more than that.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_slow
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
worker=
bucket=
# shellcheck disable=SC2317  # called by the trap
stop_all() {
    local process
    for process in $worker $bucket; do
        kill -9 "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
    leave
}
trap stop_all EXIT

mkfifo "$work/port"
python3 Tests/Support/slow_bucket.py 1.7 "$work/listings" >"$work/port" &
bucket=$!
read -r -t 60 port <"$work/port" || exit 1
# start: a worker of its own process id, which no `timeout` stands before, so that it can be killed.
start() {
    env -u PGOPTIONS PGDATABASE="$db" AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b \
        AWS_REGION=us-east-1 S3_BUCKET=slow "$program" worker --slice-size 1000 --lease 10 2>>"$work/worker.log" &
    worker=$!
}
# becomes EXPECTED QUERY: within five minutes.
becomes() {
    local said deadline=$((SECONDS + 300))
    while said=$(sql "$db" -c "$2") && [ "$said" != "$1" ]; do
        if [ $SECONDS -ge $deadline ]; then
            echo "$2 gives $said and not $1"
            tail -n 20 "$work/worker.log" "$work/listings"
            return 1
        fi
        sleep 0.1
    done
}

job=$(sql "$db" -c 'select s3cache.rebuild()')
start
prove 'a rebuild has a checkpoint' becomes t 'select count(*) >= 2 from s3cache.rebuild_slice'
kill -9 "$worker"
wait "$worker" 2>/dev/null
sql "$db" -c 'select after, upto from s3cache.rebuild_range order by after nulls first' >"$work/left"
mv "$work/listings" "$work/first-listings"
start
prove 'killed, it is done by the next worker' becomes 'done' "select state from s3cache.jobs where id = $job"
prove 'whose share alone took more than a minute' answers "$db" '1|t|40000' \
    "select attempt, finished_at - started_at > interval '60 s', result ->> 'listed' from s3cache.jobs where id = $job"
prove 'the table equals the bucket' answers "$db" 40000 "select count(*) from s3_image_cache where state = 'present'"
# What was listed before the kill is not listed again: each request begins in what was left.
goes_on() {
    LC_ALL=C awk -F '|' 'NR == FNR { after[NR] = $1; upto[NR] = $2; n = NR; next }
        { key = substr($0, 2); for (i = 1; i <= n; i++) if (key >= after[i] && (upto[i] == "" || key < upto[i])) next
          print "not left: " key; bad = 1 }
        END { exit bad || n == 0 || FNR == 0 }' "$work/left" "$work/listings" || { cat "$work/left" "$work/listings" && return 1; }
}
prove 'which began where the first had got to' goes_on
prove 'the first had listed some' fails '' same <(echo '|') "$work/left"
: >"$work/listings"
sql "$db" -c "update s3_image_cache set etag = 'wrong'" -o /dev/null
job=$(sql "$db" -c "select s3cache.rebuild(prefix => 'b/000')")
prove 'a rebuild by prefix' becomes 'done 100' "select state || ' ' || coalesce(result ->> 'listed', '') from s3cache.jobs where id = $job"
prove 'looks at that alone' answers "$db" 39900 "select count(*) from s3_image_cache where etag = 'wrong'"
prove 'in one request' same <(echo 'b/000 ') "$work/listings"
kill "$worker"
prove 'the worker leaves' timeout 60 tail --pid="$worker" -s 0.05 -f /dev/null
finish
