#!/usr/bin/env bash
# The ways to install give one result, can be repeated, keep out of each other's way, and work with few rights.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh
# shellcheck source=sql/test/support/server.sh
. sql/test/support/server.sh

catalog() { sql "$1" -f sql/test/support/catalog.sql; }
# same_catalog DATABASE DATABASE [HOST HOST]
same_catalog() {
    PGHOST=${3:-$PGHOST} catalog "$1" >"$work/one" && PGHOST=${4:-$PGHOST} catalog "$2" >"$work/other" || return 1
    [ "$(wc -l <"$work/one")" -gt 1000 ] || { echo 'the catalog query found too little' && return 1; }
    same "$work/one" "$work/other"
}
migrate() {
    local database=$1
    shift
    PGDATABASE=$database timeout 60 "$program" migrate "$@"
}
nothing_of_ours() { answers "$1" 0 "select count(*) from pg_namespace n, pg_class c where n.nspname = 's3cache' or c.relname = 's3_image_cache'"; }

# --- one result, however installed
for name in ext mig dump ext_own mig_own dump_own; do
    new_database "${tag}_$name"
done
for name in ext_own mig_own dump_own; do sql "${tag}_$name" -c 'create schema "My App"'; done
prove 'CREATE EXTENSION says nothing' silent sql "${tag}_ext" -c 'create extension s3cache'
prove 'CREATE EXTENSION in another schema says nothing' silent sql "${tag}_ext_own" -c 'create extension s3cache schema "My App"'
prove 's3cache migrate' migrate "${tag}_mig"
prove 's3cache migrate --schema' migrate "${tag}_mig_own" --schema 'My App'
dumped_into() {
    local database=$1
    shift
    PGHOST=/nowhere timeout 60 "$program" migrate --dump-sql "$@" >"$work/dump.sql" && silent sql "$database" -f "$work/dump.sql"
}
prove 's3cache migrate --dump-sql | psql, printed without a database' dumped_into "${tag}_dump"
prove 's3cache migrate --dump-sql --schema | psql' dumped_into "${tag}_dump_own" --schema 'My App'
prove 'extension and migrate give the same catalog' same_catalog "${tag}_ext" "${tag}_mig"
prove 'migrate and its dumped SQL give the same catalog' same_catalog "${tag}_mig" "${tag}_dump"
prove 'the same in another schema: extension and migrate' same_catalog "${tag}_ext_own" "${tag}_mig_own"
prove 'the same in another schema: migrate and its dumped SQL' same_catalog "${tag}_mig_own" "${tag}_dump_own"
prove 'the facade is where it was asked for' answers "${tag}_ext_own" 'SUCCESS' \
    "set search_path = \"My App\"; select split_part(add_file_to_s3_cache('1.jpg'), ':', 1)"
prove 'tables that create_cache makes go there too, and have the same catalog' eval "
    sql ${tag}_ext_own -c \"select s3cache.create_cache('more')\" && sql ${tag}_mig_own -c \"select s3cache.create_cache('more')\" &&
    answers ${tag}_ext_own 1 \"select count(*) from pg_tables where schemaname = 'My App' and tablename = 'more'\" &&
    same_catalog ${tag}_ext_own ${tag}_mig_own"
like_the_first() {
    sql "${tag}_ext" -c "select s3cache.create_cache('more')" -o /dev/null
    catalog "${tag}_ext" >"$work/all"
    sed -n 's/|s3_image_cache\([._|]\)/|X\1/p' "$work/all" | sed 's/s3_image_cache/X/g; s/IN (1)/IN (N)/' |
        grep -vE '^(function|column\|X\.cache_id\|default)' | sort >"$work/one"
    sed -n 's/|more\([._|]\)/|X\1/p' "$work/all" | sed 's/\bmore_/X_/g; s/\bmore\b/X/g; s/IN (2)/IN (N)/' |
        grep -vE '^(function|column\|X\.cache_id\|default)' | sort >"$work/other"
    [ "$(wc -l <"$work/one")" -gt 200 ] && same "$work/one" "$work/other"
}
prove 'a table of create_cache is like s3_image_cache, grants, triggers, indexes and comments included' like_the_first

# --- every object keeps the rules
new_database "${tag}_rules"
sql "${tag}_rules" -c 'create extension plpgsql_check' -c 'alter default privileges grant all on tables to public' \
    -c 'alter default privileges grant all on functions to public' -c 'alter default privileges grant all on sequences to public' \
    -c 'alter default privileges grant all on schemas to public' -c 'create extension s3cache'
sql "${tag}_rules" -c "select s3cache.create_cache('more')" -o /dev/null
broken_rules() { sql "$1" -f sql/test/support/rules.sql >"$work/rules" && sed '/^CREATE FUNCTION$/d' "$work/rules" >"$work/rules2" && same /dev/null "$work/rules2"; }
prove 'all is commented, pinned, checked and closed to PUBLIC, even where default privileges say otherwise' broken_rules "${tag}_rules"
sql "${tag}_rules" -c 'create function s3cache.bad() returns int language plpgsql as $$ begin return x + length($a$\$a$); end $$' \
    -c "insert into s3cache.code_object values ('function s3cache.bad()')" -c 'grant select on s3cache.job to public'
breaks_are_seen() {
    broken_rules "${tag}_rules"
    local rule
    for rule in 'function without comment' 'search_path not pinned' 'standard_conforming_strings not pinned' 'not of s3cache_owner' 'PUBLIC has EXECUTE' \
        'PUBLIC has SELECT' 'SQL body'; do
        grep -q "^$rule" "$work/rules2" || { echo "not noticed: $rule" && return 1; }
    done
}
prove 'and a break of these rules would be noticed' breaks_are_seen

# --- doing it again, and doing it the other way
sql "${tag}_mig" -c "select add_file_to_s3_cache('kept.jpg'), s3cache.configure(max_bytes => 77)" -o /dev/null
catalog "${tag}_mig" >"$work/before"
again() { migrate "${tag}_mig" && catalog "${tag}_mig" >"$work/after" && same "$work/before" "$work/after"; }
prove 'migrate again changes nothing' again
prove 'and keeps rows and settings' answers "${tag}_mig" 'kept.jpg|77' 'select filename, max_bytes from s3_image_cache, s3cache.cache'
again_otherwise() {
    PGOPTIONS='-c standard_conforming_strings=off' migrate "${tag}_mig" && catalog "${tag}_mig" >"$work/after" && same "$work/before" "$work/after"
}
prove 'not even where the session reads string literals in the old way' again_otherwise
prove 'CREATE EXTENSION IF NOT EXISTS again changes nothing' sql "${tag}_ext" -c 'create extension if not exists s3cache'
unchanged() {
    local database=$1 message=$2
    shift 2
    catalog "$database" >"$work/before" && fails "$message" "$@" && catalog "$database" >"$work/after" && same "$work/before" "$work/after"
}
prove 'migrate refuses a database of CREATE EXTENSION, and says how to upgrade it' \
    unchanged "${tag}_ext" 'ALTER EXTENSION s3cache UPDATE' migrate "${tag}_ext"
prove 'so does the dumped SQL' unchanged "${tag}_ext" 'ALTER EXTENSION s3cache UPDATE' dumped_into "${tag}_ext"
prove 'CREATE EXTENSION refuses a database of migrate, and says how to go on' \
    unchanged "${tag}_mig" 'Go on with "s3cache migrate"' sql "${tag}_mig" -c 'create extension s3cache'
prove 'migrate refuses another schema than the first time' \
    unchanged "${tag}_mig_own" 'Run: s3cache migrate --schema "My App"' migrate "${tag}_mig_own"
new_database "${tag}_empty"
prove 'migrate refuses a schema that does not exist' fails 'does not exist.' migrate "${tag}_empty" --schema nowhere
prove 'and leaves nothing' nothing_of_ours "${tag}_empty"
timeout 60 createdb --template template0 --encoding LATIN1 --locale C "${tag}_latin" && databases+=("${tag}_latin")
prove 'CREATE EXTENSION refuses a database that is not UTF8' fails 'needs a UTF8 database' sql "${tag}_latin" -c 'create extension s3cache'
prove 'so does migrate' fails 'needs a UTF8 database' migrate "${tag}_latin"
prove 'and both leave nothing' nothing_of_ours "${tag}_latin"

# --- what others may have planted
new_user "${tag}_mallory"
planted="
    grant create on schema public to ${tag}_mallory;
    set role ${tag}_mallory;
    create function public.evil(a oid, b regclass) returns boolean language plpgsql as \$\$
        begin
            if session_user <> '${tag}_mallory' then raise exception 'somebody else''s code ran'; end if;
            return a = b::oid;
        end \$\$;
    create operator public.= (leftarg = oid, rightarg = regclass, function = public.evil);
    create operator public.<> (leftarg = oid, rightarg = regclass, function = public.evil);
    create function public.evil(a oid, b regrole) returns boolean language plpgsql as \$\$
        begin raise exception 'somebody else''s code ran'; end \$\$;
    create operator public.= (leftarg = oid, rightarg = regrole, function = public.evil);
    create operator public.<> (leftarg = oid, rightarg = regrole, function = public.evil);
    create function public.evil(a oid, b regnamespace) returns boolean language plpgsql as \$\$
        begin raise exception 'somebody else''s code ran'; end \$\$;
    create operator public.= (leftarg = oid, rightarg = regnamespace, function = public.evil);
    create function public.evil(a name, b unknown) returns boolean language plpgsql as \$\$
        begin raise exception 'somebody else''s code ran'; end \$\$;
    reset role;"
for name in planted_ext planted_mig; do
    new_database "${tag}_$name"
    sql "${tag}_$name" -c "${planted%create function public.evil(a name*}"
done
prove 'operators planted in public are not run by CREATE EXTENSION' sql "${tag}_planted_ext" -c 'create extension s3cache'
prove 'nor by migrate' migrate "${tag}_planted_mig"

# --- the grants of users on the facade's schema are in a dump
new_database "${tag}_grants"
new_user "${tag}_app"
sql "${tag}_grants" -c 'create schema shop' -c "grant usage on schema shop to ${tag}_app" -c 'create extension s3cache schema shop'
dumped_grants() { timeout 60 pg_dump "${tag}_grants" | grep -F "GRANT USAGE ON SCHEMA shop TO ${tag}_app;"; }
prove 'pg_dump still has what users were granted on the schema before CREATE EXTENSION' dumped_grants
names_nobody() { timeout 60 pg_dump "${tag}_grants" >"$work/dump.sql" && fails '' grep -nE '^(GRANT|REVOKE).* (TO|FROM) postgres' "$work/dump.sql"; }
prove 'and names no role but ours' names_nobody

# --- DROP EXTENSION
sql "${tag}_ext" -c 'create view of_a_user as select count(*) from s3_image_cache'
prove 'DROP EXTENSION is refused while a view of the user depends on a cache table' \
    fails 'other objects depend on it' sql "${tag}_ext" -c 'drop extension s3cache'
sql "${tag}_ext" -c 'drop view of_a_user'
prove 'DROP EXTENSION takes along every cache, those of create_cache included' sql "${tag}_ext" -c 'drop extension s3cache'
prove 'and the schema' answers "${tag}_ext" '0|0|0' "
    select (select count(*) from pg_namespace where nspname = 's3cache'),
        (select count(*) from pg_class where relname in ('s3_image_cache', 'more', 'object')),
        (select count(*) from pg_proc where proname ~ 's3_cache|s3_image')"
prove 'the roles stay, with what they may do in the schema of the facade' answers "${tag}_ext" '5' \
    "select count(*) from pg_roles where rolname like 's3cache\_%' and has_schema_privilege(rolname, 'public', 'usage')"
sql "${tag}_ext" -c 'create extension s3cache'
prove 'the extension can be created again, and is complete' same_catalog "${tag}_ext" "${tag}_dump"

# --- roles: a cluster that has none yet
new_server "$work/pg" && offer "$work/pg" sql || exit 1
fresh=$work/pg
no_roles() {
    local name
    # Every database goes, and then the roles.
    for name in "$@"; do on "$fresh" timeout 60 dropdb --if-exists --force "$name"; done
    for name in owner admin writer reader worker; do on "$fresh" sql postgres -c "drop role if exists s3cache_$name"; done
}
fresh_database() { on "$fresh" timeout 60 createdb --template template0 --encoding UTF8 "$@"; }
# Holds the first transaction open until the second session waits for it, then ends it with the given command.
wait_for_rival="do \$\$ begin
    for i in 1..4000 loop
        if exists (select from pg_locks l where not l.granted) then return; end if;
        perform pg_sleep(0.005);
    end loop;
    raise exception 'nobody came';
end \$\$"
race() {
    local ending=$1 first second said
    fresh_database one && fresh_database two || return 1
    on "$fresh" sql one -c begin -c "$2" -c "set local client_min_messages = notice" -c "$wait_for_rival" -c "$ending" >"$work/first" 2>&1 &
    first=$!
    on "$fresh" sql postgres -c "do \$\$ begin
        for i in 1..4000 loop
            if exists (select from pg_locks l where l.relation = 'pg_authid'::regclass and l.mode = 'RowExclusiveLock'
                and l.pid <> pg_backend_pid()) then return; end if;
            perform pg_sleep(0.005);
        end loop;
        raise exception 'the first did not begin';
    end \$\$" || return 1
    on "$fresh" sql two -c "$3" >"$work/second" 2>&1
    second=$?
    wait "$first"
    first=$?
    said=$first$second$(cat "$work/first" "$work/second")
    [ "$said" = 00 ] || { echo "$said" && return 1; }
    on "$fresh" answers two '2' "select count(*) from pg_auth_members m
        where (m.roleid, m.member) in (('s3cache_reader'::regrole, 's3cache_writer'::regrole), ('s3cache_writer'::regrole, 's3cache_admin'::regrole))"
}
create='create extension s3cache'
prove 'two CREATE EXTENSION at once in a cluster without the roles: both succeed' race commit "$create" "$create"
prove 'and give the same' same_catalog one two "$fresh" "$fresh"
no_roles one two
prove 'and where the first is rolled back, the second succeeds' race rollback "$create" "$create"
no_roles one two
both_migrate() {
    local first second
    fresh_database one && fresh_database two || return 1
    on "$fresh" migrate one >"$work/first" 2>&1 &
    first=$!
    on "$fresh" migrate two >"$work/second" 2>&1
    second=$?
    wait $first || { cat "$work/first" && return 1; }
    [ $second -eq 0 ] || { cat "$work/second" && return 1; }
}
prove 'two migrations at once in two databases without the roles' both_migrate
no_roles one two
both_in_one() {
    local first second
    fresh_database one || return 1
    on "$fresh" migrate one >"$work/first" 2>&1 &
    first=$!
    on "$fresh" migrate one >"$work/second" 2>&1
    second=$?
    wait $first || { cat "$work/first" && return 1; }
    [ $second -eq 0 ] || { cat "$work/second" && return 1; }
}
prove 'two migrations at once in one database' both_in_one

# --- migrate with few rights
fresh_database reference && on "$fresh" sql reference -c "$create"
on "$fresh" sql reference -o "$work/reference" -f sql/test/support/catalog.sql
no_roles one reference
on "$fresh" sql postgres -c 'create role landlord login' -c 'create role builder login createrole' -c 'create role guest login'
fresh_database landlords -O landlord
as_landlord() { PGHOST=$fresh PGUSER=landlord PGPORT=5432 "$@"; }
landlord_migrates() { as_landlord migrate landlords >"$work/said" 2>&1; }
prove 'the owner of a database, who may create no roles, can migrate' landlord_migrates
advised() { sed -n 's/.*then run this again: //p' "$work/said"; }
advice_is_whole() {
    advised | tr ';' '\n' | sed 's/^ *//; /^$/d' | tr '[:upper:]' '[:lower:]' | sort >"$work/advice"
    same "$work/advice" - <<'SQL'
create role s3cache_admin nologin
create role s3cache_owner nologin
create role s3cache_reader nologin
create role s3cache_worker nologin
create role s3cache_writer nologin
grant s3cache_owner to landlord
grant s3cache_reader to s3cache_writer
grant s3cache_writer to s3cache_admin
SQL
}
prove 'and is told everything that an administrator must run' advice_is_whole
work_of_a_user() {
    as_landlord sql landlords -o "$work/used" -v database=landlords -f sql/test/support/usage.sql || return 1
    as_landlord answers landlords '3|2' "select count(*), count(*) filter (where state = 'present') from s3_image_cache"
}
prove 'and can use everything, worker included, without the roles' work_of_a_user
prove 'nobody else can use anything' eval "PGHOST=$fresh refused guest landlords 'table s3_image_cache' 'table s3cache.jobs' \
    \"select add_file_to_s3_cache('x')\" \"select s3cache.rebuild()\" \"select s3cache.at_home()\""
prove 'migrate again is harmless there too' landlord_migrates
take_advice() { advised | on "$fresh" sql "$1"; }
prove 'the advice, run by an administrator, succeeds' take_advice landlords
no_advice() {
    "$@" >"$work/said" 2>&1 || { cat "$work/said" && return 1; }
    same <(echo 's3cache '"$(cat sql/version)"' is installed') "$work/said"
}
prove 'and then migrate has nothing to advise' no_advice as_landlord migrate landlords
as_installed() { as_landlord catalog landlords >"$work/landlords" && same "$work/reference" "$work/landlords"; }
prove 'owners, grants and all else are as after CREATE EXTENSION' as_installed
owned() { as_landlord answers landlords 0 "select count(*) from pg_class c
    where (c.relnamespace = 's3cache'::regnamespace or c.relname = 's3_image_cache') and c.relowner <> 's3cache_owner'::regrole"; }
prove 'everything belongs to s3cache_owner' owned
prove 'and the rows are still there, and usable' work_of_a_user
no_roles landlords
fresh_database builders -O builder
as_builder() { PGHOST=$fresh PGUSER=builder PGPORT=5432 "$@"; }
prove 'the owner of a database who may create roles migrates without advice' no_advice as_builder migrate builders
built() { as_builder catalog builders >"$work/builders" && same "$work/reference" "$work/builders"; }
prove 'with the same result as CREATE EXTENSION' built
prove 'twice' no_advice as_builder migrate builders
no_roles builders
fresh_database rented
on "$fresh" sql rented -c 'grant create on database rented to builder' -c 'grant create on schema public to builder'
tenant() {
    as_builder migrate rented >"$work/said" 2>&1 || { cat "$work/said" && return 1; }
    [[ $(advised) == *'GRANT USAGE, CREATE ON SCHEMA "public" TO s3cache_owner'* ]] || { cat "$work/said" && return 1; }
    take_advice rented && no_advice as_builder migrate rented &&
        on "$fresh" answers rented s3cache_owner "select relowner::regrole from pg_class where relname = 's3_image_cache'"
}
prove 'who may create in a schema of somebody else is told what its owner must run' tenant

finish
