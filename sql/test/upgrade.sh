#!/usr/bin/env bash
# Every released version, as sql/test/upgrade keeps it, can be upgraded to the present one, as extension and with migrate:
# the catalog is then that of a fresh install, and everything of the user's is still there.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh
# shellcheck source=sql/test/support/server.sh
. sql/test/support/server.sh

shopt -s nullglob
released=(sql/test/upgrade/s3cache--*.sql)
if [ ${#released[@]} -eq 0 ]; then
    echo '# no version was released yet: there is nothing to upgrade from'
    finish
    exit
fi

server=$work/pg
new_server "$server" && offer "$server" sql "${released[@]}" || exit 1
"$sqlbundle" migration --sql sql --schema public >"$work/migrate.sql" || exit 1
at() { on "$server" "$@"; }
fresh_database() { at timeout 60 createdb --template template0 --encoding UTF8 "$@"; }
at sql postgres -c 'create role app login'
fresh_database fresh && at sql fresh -c 'create extension s3cache' &&
    at sql fresh -c "select s3cache.create_cache('second')" -o /dev/null &&
    at sql fresh -f sql/test/support/catalog.sql -o "$work/fresh" || exit 1

kept() { at sql "$1" -v app=app -f sql/test/support/user_data_kept.sql; }
keeps_all() { kept "$1" >"$work/after" && [ "$(wc -l <"$work/before")" -gt 20 ] && same "$work/before" "$work/after"; }
as_fresh() {
    at sql "$1" -c 'drop view of_a_user, rows_of_a_user' -c 'drop index brin_of_a_user, hash_of_a_user, part_of_a_user' -c 'drop owned by app' &&
        at sql "$1" -f sql/test/support/catalog.sql >"$work/upgraded" && same "$work/fresh" "$work/upgraded"
}
works() {
    silent at sql "$1" -f sql/test/support/usage.sql -o "$work/used"
}
dumps() {
    local line
    at timeout 60 pg_dump "$1" >"$work/dump.sql" || return 1
    for line in 'GRANT SELECT ON TABLE public.second TO s3cache_reader;' 'GRANT SELECT ON TABLE public.second TO app;' \
        'GRANT INSERT(filename) ON TABLE public.second TO s3cache_writer;' 'GRANT SELECT ON TABLE public.s3_image_cache TO app;' \
        'GRANT SELECT ON TABLE s3cache.cache TO app;' 'GRANT USAGE ON SCHEMA s3cache TO app;' \
        'GRANT ALL ON FUNCTION s3cache.stats(cache text) TO app;'; do
        grep -qxF "$line" "$work/dump.sql" || { echo "pg_dump has no $line" && return 1; }
    done
    # And nothing that CREATE EXTENSION grants by itself.
    fails '' grep -nE '^(GRANT|REVOKE) .*(FUNCTION|s3_image_cache|ON TABLE s3cache\.|SCHEMA s3cache).* s3cache_' "$work/dump.sql"
}

# An unfinished upload survives dump and restore, also where the table came with an update.
dumps_bytes() {
    at sql "$1" -c "select s3cache.upload('staged.bin', '\\xffd8ff')" -o /dev/null &&
        at timeout 60 pg_dump -Fc -f "$work/bytes.dump" "$1" && fresh_database restored &&
        silent at timeout 60 pg_restore --exit-on-error -d restored "$work/bytes.dump" &&
        at answers restored 'upload|queued|\xffd8ff' "select j.kind, j.state, s.content from s3cache.job j join s3cache.staged_content s on s.job_id = j.id"
    local status=$?
    at timeout 60 dropdb --if-exists restored
    at sql "$1" -c 'select s3cache.cancel(job_id) from s3cache.staged_content' -o /dev/null
    return $status
}

# The worker of user_data.sql is of the old version, and still runs: with a patch it goes on, else it has to be replaced.
gives_what_it_may_have() {
    at sql "$1" -c "select s3cache.rebuild('second')" -o /dev/null || return 1
    if [ "${version%.*}" = "$(cut -d . -f 1,2 sql/version)" ]; then
        at answers "$1" t "select count(*) > 0 from s3cache.claim_jobs((select id from s3cache.worker where name = 'old'), 10, true)"
        return
    fi
    fails "This worker is version $version, and the database has been upgraded to $(cat sql/version)" \
            at sql "$1" -c "select s3cache.claim_jobs((select id from s3cache.worker where name = 'old'), 10, true)" &&
        at answers "$1" outdated "select state from s3cache.workers where name = 'old'"
}

for file in "${released[@]}"; do
    version=${file##*/s3cache--}
    version=${version%.sql}
    fresh_database extension && at sql extension -c "create extension s3cache version '$version'" &&
        at sql extension -v app=app -f sql/test/support/user_data.sql && kept extension >"$work/before" || exit 1
    prove "$version: ALTER EXTENSION UPDATE" silent at sql extension -c 'set client_min_messages = error' -c 'alter extension s3cache update'
    prove "$version: the extension is at the present version" at answers extension "$(cat sql/version)" \
        "select extversion from pg_extension where extname = 's3cache'"
    prove "$version: rows, settings, jobs, views and grants of users are kept" keeps_all extension
    prove "$version: pg_dump still has the grants on caches" dumps extension
    prove "$version: an upload's bytes are in a dump made after the update" dumps_bytes extension
    prove "$version: the catalog is that of a fresh install, the second cache's included" as_fresh extension
    prove "$version: a worker that still runs gets jobs only where it fits" gives_what_it_may_have extension
    at timeout 60 dropdb extension

    fresh_database migrated && silent at sql migrated -f "sql/test/upgrade/migrate-$version.sql" &&
        at sql migrated -v app=app -f sql/test/support/user_data.sql && kept migrated >"$work/before" || exit 1
    prove "$version: the migration upgrades" silent at sql migrated -f "$work/migrate.sql"
    prove "$version: and keeps rows, settings, jobs, views and grants of users" keeps_all migrated
    prove "$version: with the same catalog" as_fresh migrated
    at sql migrated -c "delete from s3cache.job" -c "select s3cache.drop_cache('second')" -o /dev/null
    prove "$version: everything works after it" works migrated
    at timeout 60 dropdb migrated
done

finish
