#!/usr/bin/env bash
# On a copy of the tree: a release is frozen and kept, and a later version that changes everything that a version can change
# upgrades it. Needs the PG* variables of a server.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

tree=$work/tree
mkdir -p "$tree/extension"
cp -r sql scripts CHANGELOG.md "$tree/"
cp extension/s3cache.control.in "$tree/extension/"
cd "$tree" || exit 1
export S3CACHE_SQLBUNDLE=$sqlbundle
# As if nothing had been released yet, and this were the first version.
version=0.9.0
be() {
    echo "$1" >sql/version
    sed -i "s/select '[0-9.]*'/select '$1'/" sql/code/3-public/version.sql
}
be $version
: >sql/frozen.sum
rm -f sql/test/upgrade/*.sql
cat >sql/code/3-public/invented_gone.sql <<'SQL'
-- object: function s3cache.invented_gone(integer)
create or replace function s3cache.invented_gone(a integer) returns integer language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select a $$;
comment on function s3cache.invented_gone(integer) is 'Goes with the next version.';
SQL

prove 'a version that CHANGELOG.md does not name is not released' fails 'no heading' scripts/release.sh
prove 'and nothing is frozen then' same /dev/null sql/frozen.sum
echo "## [$version]" >>CHANGELOG.md
prove 'a release' scripts/release.sh
frozen() {
    sed "s/^/$version /" <(cd sql/schema && for file in *.sql; do echo "$file $(sha256sum "$file" | cut -d ' ' -f 1)"; done) | same - sql/frozen.sum
}
prove 'freezes the checksum of every schema file' frozen
snapshots() {
    "$sqlbundle" extension --sql sql --out "$work/built" && same "$work/built/s3cache--$version.sql" "sql/test/upgrade/s3cache--$version.sql" &&
        "$sqlbundle" migration --sql sql --schema public | same - "sql/test/upgrade/migrate-$version.sql"
}
prove 'and keeps what it installs' snapshots
prove 'a version is released once' fails 'released already' scripts/release.sh
upgrades() {
    local status=1
    timeout 300 sql/test/upgrade.sh >"$work/upgrade.log" 2>&1 && [ "$(grep -c '^ok' "$work/upgrade.log")" -ge 9 ] && status=0
    cat "$work/upgrade.log"
    return $status
}
prove 'the released version passes its own upgrade test' upgrades

# The next version: a schema file, a changed body, a function less and one more, other triggers and comments of caches.
be 999.0.0
rm sql/code/3-public/invented_gone.sql
schema=(sql/schema/*.sql)
cat >"$(printf 'sql/schema/%04d_invented.sql' $((${#schema[@]} + 1)))" <<'SQL'
alter table s3cache.object add column invented text not null default 'x';
alter table s3cache.cache_setting add column invented boolean;
create table s3cache.invented (id bigint primary key);
comment on table s3cache.invented is 'Invented.';
SQL
cat >sql/code/3-public/invented_new.sql <<'SQL'
-- object: function s3cache.invented_new(text)
-- object: view s3cache.invented_view
create or replace function s3cache.invented_new(a text) returns text language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select a $$;
comment on function s3cache.invented_new(text) is 'New.';
create or replace view s3cache.invented_view as select i.id from s3cache.invented i;
comment on view s3cache.invented_view is 'New.';
SQL
sed -i 's/"wait", "stats"/"invented_new", "wait", "stats"/' sql/grants.sql
sed -i 's/    return null;/    -- Changed.\n    return null;/' sql/code/1-private/rows_inserted.sql
sed -i "s/^    for recipient, privileges in/    execute format('create or replace trigger invented before delete on %s for each statement execute function s3cache.row_touched()', partition);\n    execute format('comment on column %s.invented is %L', partition, 'Invented.');\n&/" \
    sql/code/1-private/dress_partition.sql
echo "select pg_catalog.pg_extension_config_dump('s3cache.invented', '');" >>sql/epilogue/extension.sql
changed() { grep -q invented_new sql/grants.sql && grep -q Changed sql/code/1-private/rows_inserted.sql && grep -q invented sql/code/1-private/dress_partition.sql; }
prove 'the invented version differs in each of these' changed
prove 'it upgrades what was released' upgrades
new_in_upgrade() {
    "$sqlbundle" extension --sql sql --out "$work/built" && grep -q 'add column invented' "$work/built/s3cache--$version--999.0.0.sql" &&
        fails '' grep 'create table s3cache.job ' "$work/built/s3cache--$version--999.0.0.sql"
}
prove 'by a script that has the new schema file and none of the released ones' new_in_upgrade
# A broken upgrade is noticed: what a function or a table lacks, what a user loses.
cp -r sql "$work/sound"
broken() {
    if upgrades >/dev/null; then echo 'not noticed' && return 1; fi
    grep "^not ok .*$1" "$work/upgrade.log"
}
sed -i "s/perform s3cache.dress_partition(item.identity);/if item.identity::text ~ 's3_image_cache' then perform s3cache.dress_partition(item.identity); end if;/" sql/grants.sql
prove 'an upgrade that forgets the caches of create_cache fails the test' broken 'the second cache'
rm -rf sql && cp -r "$work/sound" sql
echo "delete from s3cache.cache_setting where true;" >>sql/schema/*_invented.sql
prove 'an upgrade that loses settings fails the test' broken 'settings'

finish
