-- Installs or upgrades s3cache without CREATE EXTENSION. One transaction; running it again is harmless.

begin;

set local client_min_messages = warning;
set local standard_conforming_strings = on;
-- Whoever may create in a schema of the caller's path could plant operators there that fit better than the system's.
set local search_path = pg_catalog, pg_temp;

do $s3cache_guard$
declare
    elsewhere text;
begin
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('s3cache.migrate', 0));
    if pg_catalog.getdatabaseencoding() <> 'UTF8' then
        raise exception using
            errcode = 'feature_not_supported',
            message = pg_catalog.format('s3cache needs a UTF8 database, and %I has the encoding %s.',
                pg_catalog.current_database(), pg_catalog.getdatabaseencoding()),
            hint = 'Create one with: CREATE DATABASE name ENCODING ''UTF8'' TEMPLATE template0;';
    end if;
    if exists (select from pg_catalog.pg_extension where extname = 's3cache') then
        raise exception using
            errcode = 'duplicate_object',
            message = 'This database was installed with CREATE EXTENSION s3cache.',
            hint = 'Upgrade it with: ALTER EXTENSION s3cache UPDATE;';
    end if;
    select n.nspname into elsewhere
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where i.inhparent = pg_catalog.to_regclass('s3cache.object')
        and c.relname = 's3_image_cache'
        and n.oid <> pg_catalog.to_regnamespace('@extschema@');
    if found then
        raise exception using
            errcode = 'invalid_schema_definition',
            message = pg_catalog.format('s3cache is installed with its table s3_image_cache in schema %I, not in @extschema@.', elsewhere),
            hint = pg_catalog.format('Run: s3cache migrate --schema %I', elsewhere);
    end if;
    if pg_catalog.to_regnamespace('@extschema@') is null then
        raise exception using
            errcode = 'invalid_schema_name',
            message = 'Schema @extschema@ does not exist.',
            hint = 'Create it first, or name another one with: s3cache migrate --schema NAME';
    end if;
end
$s3cache_guard$;

create schema if not exists s3cache;

create table if not exists s3cache.schema_history (
    file text primary key,
    applied_at timestamptz not null default pg_catalog.now()
);

create table if not exists s3cache.code_object (
    identity text primary key
);
