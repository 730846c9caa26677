-- object: function s3cache.at_home()
create or replace function s3cache.at_home() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select
        from s3cache.installation i
        where not exists (
            select
            from pg_catalog.pg_control_system() s, pg_catalog.pg_database d
            where d.datname = current_database()
                and s.system_identifier = i.system_identifier and d.oid = i.database_oid))
$$;
comment on function s3cache.at_home() is
    'Whether this database is the one that s3cache was installed in. False after a dump was restored elsewhere: then workers run nothing until s3cache.resume().';
