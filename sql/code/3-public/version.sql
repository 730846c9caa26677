-- object: function s3cache.version()
create or replace function s3cache.version() returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select '0.2.0'
$$;
comment on function s3cache.version() is
    'The version that is installed in this database. Programs of another version refuse to start on it.';
