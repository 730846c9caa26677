-- What CREATE EXTENSION refuses, and the bookkeeping that everything after this needs.

-- Whoever may create in a schema of the caller's path could plant operators there that fit better than the system's.
set local search_path = pg_catalog, pg_temp;

do $s3cache_guard$
begin
    if pg_catalog.getdatabaseencoding() <> 'UTF8' then
        raise exception using
            errcode = 'feature_not_supported',
            message = pg_catalog.format('s3cache needs a UTF8 database, and %I has the encoding %s.',
                pg_catalog.current_database(), pg_catalog.getdatabaseencoding()),
            hint = 'Create one with: CREATE DATABASE name ENCODING ''UTF8'' TEMPLATE template0;';
    end if;
    if pg_catalog.to_regnamespace('s3cache') is not null then
        raise exception using
            errcode = 'duplicate_schema',
            message = 'Schema "s3cache" already exists: this database was installed with "s3cache migrate".',
            hint = 'Go on with "s3cache migrate", which also upgrades; docs/install.md says how to remove what it installed.';
    end if;
end
$s3cache_guard$;

create schema s3cache;

create table s3cache.schema_history (
    file text primary key,
    applied_at timestamptz not null default pg_catalog.now()
);

create table s3cache.code_object (
    identity text primary key
);
