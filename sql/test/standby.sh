#!/usr/bin/env bash
# A hot standby gives the same URLs as its primary.
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
stop_standby() { scripts/test-cluster.sh stop "$standby"; }
trap 'stop_standby; leave' EXIT
bin=$("${PG_CONFIG:-pg_config}" --bindir)
copies() {
    as_server timeout 120 "$bin/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U "${PGUSER:-postgres}" -D "$standby/data" -R -X stream -c fast --no-sync &&
        echo "unix_socket_directories = '$standby'" | as_server tee -a "$standby/data/postgresql.auto.conf" >/dev/null &&
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
finish
