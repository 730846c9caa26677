#!/usr/bin/env bash
# What sqlbundle makes of a small tree of its own, and what it refuses. Needs the PG* variables of a server.
set -uo pipefail

sqlbundle=${S3CACHE_SQLBUNDLE:-$(cd "$(dirname "$0")/../.." && pwd)/.build/debug/sqlbundle}
work=$(mktemp -d)
database=sqlbundle_$$
trap 'cd /; rm -rf "$work"; dropdb --if-exists --force "$database"' EXIT
failures=0

# Reports one test: its name, then the command that must succeed.
prove() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/#   /' "$work/log"
        failures=$((failures + 1))
    fi
}

sql() { timeout 30 psql -XqAt -v ON_ERROR_STOP=1 -d "$database" "$@"; }
answers() { [ "$(sql -c "$2")" = "$1" ] || { sql -c "$2" && false; }; }
migrate() { "$sqlbundle" migration --sql "$1" --schema 'My App' >"$work/migration.sql" && sql -f "$work/migration.sql"; }
# fails MESSAGE COMMAND…: the command fails and says so.
fails() {
    local message=$1 said
    shift
    said=$("$@" 2>&1) && return 1
    [[ $said == *"$message"* ]] || { echo "$said" && return 1; }
}
refuses() { fails "$1" "$sqlbundle" check --sql .; }
has() { grep -qF -- "$2" "$1"; }
lacks() { ! grep -F -- "$2" "$1"; }

tree=$work/tree
mkdir -p "$tree"/{prologue,epilogue,schema,code/a,code/facade}
cd "$tree" || exit 1
echo 0.1.0 >version
: >frozen.sum
echo 'create schema s3cache; create table s3cache.schema_history (file text primary key);' >prologue/extension.sql
cat >prologue/migrate.sql <<'SQL'
begin;
create schema if not exists s3cache;
create table if not exists s3cache.schema_history (file text primary key);
create table if not exists s3cache.code_object (identity text primary key);
SQL
echo 'select 1;' >roles.sql
cat >schema/0001_first.sql <<'SQL'
create table s3cache.thing (id bigint primary key);
create table @extschema@.facade (id bigint);
SQL
cat >code/a/f.sql <<'SQL'
-- object: function s3cache.f(text, integer)
-- object: view s3cache.uses_f
create or replace function s3cache.f(a text, b integer) returns text language sql as $$ select a || '\n "#" """## :b' $$;
create or replace view s3cache.uses_f as select s3cache.f('x', 1) as y;
SQL
cat >code/a/touched.sql <<'SQL'
-- object: function s3cache.touched()
-- object: trigger touched on s3cache.thing
create or replace function s3cache.touched() returns trigger language plpgsql as $$ begin return new; end $$;
create or replace trigger touched before insert on s3cache.thing for each row execute function s3cache.touched();
SQL
cat >code/facade/g.sql <<'SQL'
-- object: function @extschema@.g(text)
create or replace function @extschema@.g(a text) returns text language sql as $$ select s3cache.f(a, 1) $$;
SQL
echo 'revoke all on schema s3cache from public;' >grants.sql
echo 'select 1;' >epilogue/extension.sql
echo 'commit;' >epilogue/migrate.sql
createdb "$database" && sql -c 'create schema "My App"'

prove 'check accepts a sound tree' "$sqlbundle" check --sql .
prove 'the migration installs into a schema whose name needs quotes' migrate .
prove 'code of both schemas works' answers 'x\n "#" """## :b' "select \"My App\".g('x')"
prove 'the migration can be run again' migrate .
prove 'each schema file runs once' answers '1' 'select count(*) from s3cache.schema_history'
prove 'PQexec takes the same script' sql -c "$(cat "$work/migration.sql")"
prove 'identities are recorded after substitution' answers '1' \
    "select count(*) from s3cache.code_object where identity = 'function \"My App\".g(text)'"

"$sqlbundle" swift --sql . --out "$work/swift/SQLBundle.swift"
"$sqlbundle" migration --sql . >"$work/plain.sql"
echo 'print(SQLBundle.migration, terminator: "")' >"$work/swift/main.swift"
same_in_swift() {
    timeout 120 swiftc -o "$work/swift/print" "$work/swift/main.swift" "$work/swift/SQLBundle.swift" &&
        "$work/swift/print" | cmp - "$work/plain.sql"
}
prove 'Swift source carries the script byte for byte' same_in_swift

cp -r "$tree" "$work/next" && cd "$work/next" || exit 1
prove 'freeze records the release' "$sqlbundle" freeze --sql .
prove 'frozen.sum agrees with sha256sum' has frozen.sum "0.1.0 0001_first.sql $(sha256sum schema/0001_first.sql | cut -d ' ' -f 1)"
prove 'a release is frozen once' fails 'is frozen already' "$sqlbundle" freeze --sql .
echo 'alter table s3cache.thing add column name text;' >schema/0002_name.sql
prove 'a released version gets no more schema' refuses 'raise the version'
echo 0.2.0 >version
rm -r code/a
sed -i 's/s3cache.f(a, 1)/a/' code/facade/g.sql
"$sqlbundle" extension --sql . --out "$work/extension"
prove 'the install script has every schema file' has "$work/extension/s3cache--0.2.0.sql" 'create table s3cache.thing'
prove 'the upgrade script has the later ones' has "$work/extension/s3cache--0.1.0--0.2.0.sql" '0002_name'
prove 'the upgrade script has no earlier one' lacks "$work/extension/s3cache--0.1.0--0.2.0.sql" '0001_first'
prove 'the upgrade script makes no schema' lacks "$work/extension/s3cache--0.1.0--0.2.0.sql" 'create schema'

sql -c "create view public.of_a_user as select s3cache.f('x', 1) as y"
prove 'an upgrade that would break a view of the user stops' fails 'view of_a_user depends on' migrate .
prove 'and changes nothing' answers '1' 'select count(*) from s3cache.schema_history'
sql -c 'drop view public.of_a_user'
prove 'the upgrade retires what is gone, whatever depends on what' migrate .
prove 'functions, views and triggers included' answers 'function "My App".g(text)' \
    'select string_agg(identity, $$,$$) from s3cache.code_object'
prove 'nothing of them is left' answers '0|0|0' "select
    (select count(*) from pg_proc where pronamespace = 's3cache'::regnamespace),
    (select count(*) from pg_class where relname = 'uses_f'), (select count(*) from pg_trigger where tgname = 'touched')"

spoil() { rm -rf "$work/bad" && cp -r "$work/next" "$work/bad" && cd "$work/bad" || exit 1; }
spoil && echo '-- later' >>schema/0001_first.sql
prove 'a released file may not change' refuses 'may not change'
spoil && rm schema/0001_first.sql
prove 'a released file may not go' refuses 'is gone'
spoil && mv schema/0002_name.sql schema/0003_name.sql
prove 'numbers leave no gap' refuses 'expected number 2'
spoil && echo 'select 1;' >code/bare.sql
prove 'a code file says what it creates' refuses 'code/bare.sql'
spoil && echo '-- object: index s3cache.i' >code/index.sql
prove 'only kinds that can be retired are declared' refuses 'names one of'
spoil && cp code/facade/g.sql code/facade/h.sql
prove 'an object has one file' refuses 'as code/facade/g.sql does'
spoil && printf '\\c other\n;\n' >grants.sql
prove 'psql meta commands are refused' refuses 'psql meta command'
spoil && echo 'select 1' >grants.sql
prove 'a file ends its last statement' refuses 'semicolon'
spoil && printf 'select 1;\r\n' >roles.sql
prove 'CRLF is refused' refuses 'CRLF'
spoil && printf -- '-- object: function s3cache.typo()\nselect 1;\n' >code/typo.sql
prove 'an object line that names nothing is refused by the server' fails 'does not create it' migrate .

[ "$failures" -eq 0 ]
