#!/usr/bin/env bash
# A whole worker and a server that lies: whatever its list pages say, a rebuild ends with a clear error and not one row changed, or
# with a table that equals the bucket; in bounded time and memory. The pages are those of the stub that benchmarks list.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

stub=$(dirname "$program")/ListStub
objects=8000
db=${tag}_hostile
pids=()
stop() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
    wait "${pids[@]}" 2>/dev/null
    pids=()
}
trap 'stop; leave' EXIT

new_database "$db"
PGDATABASE=$db "$program" migrate >"$work/migrate" 2>&1 || { cat "$work/migrate"; exit 1; }

# serve OPTION…: a stub and a worker on it.
serve() {
    "$stub" --objects $objects --distribution directories "$@" >"$work/stub" 2>&1 &
    pids+=($!)
    local port=
    for _ in $(seq 300); do
        port=$(sed -n 's/^listening on 127.0.0.1:\([0-9]*\)$/\1/p' "$work/stub")
        [ -z "$port" ] || break
        sleep 0.1
    done
    [ -n "$port" ] || { cat "$work/stub"; return 1; }
    AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b S3_BUCKET=bench PGDATABASE=$db \
        "$program" worker --slice-size 1000 --log-level error >"$work/worker" 2>&1 &
    worker=$!
    pids+=("$worker")
}

# ends JOB: how it ended; a retry does not wait.
ends() {
    local state
    for _ in $(seq 1200); do
        state=$(sql "$db" -c "select state from s3cache.jobs where id = $1")
        case $state in
            done | failed) echo "$state"; return 0 ;;
            waiting) sql "$db" -c "select s3cache.retry($1)" -o /dev/null ;;
        esac
        sleep 0.1
    done
    echo "$state"
}

# The table before: rows to remove, to bring up to date and to leave alone.
serve
job=$(sql "$db" -c 'select s3cache.rebuild()')
prove 'the bucket as it is' same <(ends "$job") <(echo 'done')
stop
sql "$db" -c "delete from s3_image_cache where id % 3 = 0" \
    -c "update s3_image_cache set etag = 'other' where id % 5 = 0" \
    -c "insert into s3cache.object (cache_id, filename, state, size, etag) select 1, 'gone/' || g, 'present', 1, 'e' from generate_series(1, 50) g" \
    -c 'create table before as select filename, size, etag, state from s3_image_cache' -o /dev/null
right="$objects $objects"
unchanged="select (select count(*) from s3_image_cache) || ' ' || (select count(*) from (table before intersect select filename, size, etag, state from s3_image_cache) u)"
before=$(sql "$db" -c "$unchanged")

# survives FAULT: what must hold of a rebuild beside it.
survives() {
    local fault=$1 state job peak
    serve --fault "$fault" || return 1
    job=$(sql "$db" -c 'select s3cache.rebuild(force => true)')
    state=$(ends "$job")
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$worker/status")
    stop
    case $state in
        failed)
            [ "$(sql "$db" -c "$unchanged")" = "$before" ] || { echo 'it failed and changed something'; return 1; }
            sql "$db" -c "select error from s3cache.jobs where id = $job" | grep -qE 'bucket "?bench' ||
                { sql "$db" -c "select error from s3cache.jobs where id = $job"; return 1; }
            ;;
        done)
            [ "$(sql "$db" -c "select count(*) || ' ' || count(*) filter (where state = 'present' and etag <> 'other' and etag <> 'e') from s3_image_cache")" = "$right" ] ||
                { echo 'it is done and the table is not right'; return 1; }
            sql "$db" -c 'truncate s3_image_cache' -c "insert into s3cache.object (cache_id, filename, size, etag, state) select 1, filename, size, etag, state from before" -o /dev/null
            ;;
        *) echo "it did not end: $state"; return 1 ;;
    esac
    [ "$peak" -lt 300 ] || { echo "it took $peak MB"; return 1; }
}
for fault in unordered repeated-key first-key-before-start-after truncated-xml wrong-content-type error-body-in-200 empty-truncated token-loop \
    huge-key bad-percent entity-bomb; do
    for place in 1 2 5+; do prove "$fault on page $place" survives "$fault@$place"; done
done
finish
