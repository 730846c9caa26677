#!/usr/bin/env bash
# A worker behind PgBouncer in transaction mode, where LISTEN hears nothing and nothing stays prepared: slower, and right.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_pooler
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
mkdir "$work/pooler" "$work/store"
cat >"$work/pooler/pgbouncer.ini" <<INI
[databases]
* = host=$PGHOST port=$PGPORT user=${PGUSER:-postgres}
[pgbouncer]
pool_mode = transaction
listen_addr =
listen_port = 6432
unix_socket_dir = $work/pooler
auth_type = any
pidfile = $work/pooler/pid
ignore_startup_parameters = extra_float_digits,options
default_pool_size = 10
INI
pooler=
worker=
stop_all() {
    local process
    for process in $worker $pooler; do
        kill "$process" 2>/dev/null && timeout 30 tail --pid="$process" -s 0.05 -f /dev/null
    done
    leave
}
trap stop_all EXIT
as_server() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" -ne 0 ] || chown -R postgres "$work/pooler"
as_server timeout 300 pgbouncer "$work/pooler/pgbouncer.ini" >"$work/pooler.log" 2>&1 &
pooler=$!

# becomes EXPECTED QUERY: within a minute, past the pooler.
becomes() {
    local said deadline=$((SECONDS + 60))
    while said=$(sql "$db" -c "$2") && [ "$said" != "$1" ]; do
        if [ $SECONDS -ge $deadline ]; then
            echo "$2 gives $said and not $1"
            tail -n 20 "$work/worker.log"
            return 1
        fi
        sleep 0.1
    done
}
reaches_it() {
    local deadline=$((SECONDS + 60))
    until [ "$(PGOPTIONS='' PGHOST=$work/pooler PGPORT=6432 psql -XqAt -d "$db" -c 'select 1' 2>"$work/said")" = 1 ]; do
        [ $SECONDS -lt $deadline ] || { cat "$work/said" "$work/pooler.log" && return 1; }
        sleep 0.1
    done
}
prove 'the pooler answers' reaches_it
for number in $(seq 1 300); do echo "$number" >"$work/store/$number.jpg"; done
env -u PGOPTIONS PGHOST="$work/pooler" PGPORT=6432 PGDATABASE="$db" S3CACHE_POOLED=true S3CACHE_DIRECTORY="$work/store" \
    timeout 300 "$program" worker 2>"$work/worker.log" &
worker=$!
prove 'the worker registers' becomes 1 'select count(*) from s3cache.workers'
sql "$db" -c "select s3cache.rebuild()" -o /dev/null
prove 'a rebuild runs through it' becomes 300 "select count(*) from s3_image_cache where state = 'present'"
sql "$db" -c "select s3cache.configure(allowed_types => '{text}')" -c "select s3cache.upload('new.txt', 'abc'::bytea), s3cache.read('1.jpg')" -o /dev/null
prove 'so do an upload and a read' becomes 0 'select count(*) from s3cache.job'
prove 'all of it well' becomes 'done 3' "select string_agg(distinct state, ' ') || ' ' || count(*) from s3cache.jobs where kind <> 'verify'"
says_so() {
    local deadline=$((SECONDS + 60))
    until grep -q 'Notifications are not heard' "$work/worker.log"; do
        [ $SECONDS -lt $deadline ] || { tail -n 20 "$work/worker.log" && return 1; }
        sleep 0.1
    done
}
prove 'its log says that it hears nothing' says_so
sql "$db" -c "select s3cache.rebuild()" -o /dev/null
prove 'and it goes on looking for work' becomes 0 'select count(*) from s3cache.job'
leaves() { kill "$worker" && timeout 60 tail --pid="$worker" -s 0.05 -f /dev/null && becomes 0 'select count(*) from s3cache.workers'; }
prove 'it leaves as others do' leaves
finish
