-- object: function s3cache.is_admin(text)
create or replace function s3cache.is_admin(role_name text) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select
        from pg_catalog.pg_roles r
        where r.rolname in ('s3cache_admin', 's3cache_owner') and pg_has_role(role_name::name, r.oid, 'member'))
$$;
comment on function s3cache.is_admin(text) is
    'Whether a role is a member of s3cache_admin: such roles see the jobs of all. Where the roles do not exist (installed without CREATEROLE) nobody is.';
