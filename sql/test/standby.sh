#!/usr/bin/env bash
# A hot standby gives the same URLs as its primary, and what it keeps the primary from vacuuming is told.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_standby
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
new_user "${tag}_reader" 'in role s3cache_reader'
sql "$db" -c "insert into s3_image_cache (filename) select g || '.jpg' from generate_series(1, 500) g" \
    -c "select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1')" -o /dev/null
{ cat sql/test/support/signing.sql && echo "
    call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);"; } | sql "$db"

as_server() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- env -C / "$@"; else "$@"; fi; }
standby=$work/standby
mkdir "$standby" && { [ "$(id -u)" -ne 0 ] || chown postgres "$standby"; }
stop_standby() {
    scripts/test-cluster.sh stop "$standby"
    sql "$db" -c "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${tag}_standby'" -o /dev/null
}
trap 'stop_standby; leave' EXIT
bin=$("${PG_CONFIG:-pg_config}" --bindir)
copies() {
    as_server timeout 120 "$bin/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U "${PGUSER:-postgres}" -D "$standby/data" -R -C -S "${tag}_standby" -X stream -c fast --no-sync &&
        printf '%s\n' "unix_socket_directories = '$standby'" 'hot_standby_feedback = on' "wal_receiver_status_interval = '1s'" | as_server tee -a "$standby/data/postgresql.auto.conf" >/dev/null &&
        scripts/test-cluster.sh start "$standby"
}
prove 'a standby starts' copies
urls="select s3cache.presigned_url(filename, expires => '2 days') || s3cache.url(filename) from s3_image_cache order by filename"
here() { PGUSER=${tag}_reader sql "$db" -c "$1"; }
there() { PGUSER=${tag}_reader PGHOST=$standby sql "$db" -c "$1"; }
# said_there EXPECTED QUERY
said_there() { same <(echo "$1") <(there "$2"); }
prove 'it is one' said_there t 'select pg_is_in_recovery()'
# Windows may end meanwhile: each URL is what it was before, or what it is after.
same_urls() {
    here "$urls" >"$work/before" && there "$urls" >"$work/there" && here "$urls" >"$work/after" && [ "$(wc -l <"$work/there")" -eq 500 ] &&
        same /dev/null <(comm -13 <(sort -u "$work/before" "$work/after") <(sort "$work/there"))
}
prove 'a reader gets the same URLs from it' same_urls
prove 'images() and key_of() too' said_there '500a b' "select jsonb_array_length(s3cache.images('')) || s3cache.key_of(s3cache.url('a b'))"

# --- doctor, on the primary
doctor() { PGDATABASE=$db S3CACHE_DIRECTORY=$work timeout 120 "$program" doctor >"$work/doctor"; }
says() { doctor; grep -F -- "$1" "$work/doctor" || { cat "$work/doctor" && return 1; }; }
prove 'a standby that keeps up keeps no dead rows' says 'pass  replication'
PGHOST=$standby psql -Xqd "$db" -c 'begin isolation level repeatable read' -c 'select count(*) from s3_image_cache' -c 'select pg_sleep(600)' >"$work/reader.log" 2>&1 &
held() { answers "$db" "$1" "select coalesce(bool_or(age(xmin) >= 500000), false) from pg_replication_slots where slot_name = '${tag}_standby'"; }
reads() { PGHOST=$standby answers "$db" 1 "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'"; }
eventually() { for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done; "$@"; }
prove 'a query runs on the standby' eventually reads
sql "$db" -c "do \$\$ begin for i in 1..500100 loop perform pg_current_xact_id(); commit; end loop; end \$\$"
prove 'what it may still see is kept' eventually held t
prove 'and doctor says by what' says "warn  replication: The replication slot '${tag}_standby' keeps what died"
prove 'and how to end it' says 'end the oldest query of the standby'
PGHOST=$standby sql "$db" -o /dev/null -c "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(600)'"
prove 'once the query has ended' eventually held f
prove 'all is well again' says 'pass  replication'
finish
