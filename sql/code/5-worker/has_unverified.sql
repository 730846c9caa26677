-- object: function s3cache.has_unverified(text)
create or replace function s3cache.has_unverified(cache text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    partition constant regclass := (
        select i.inhrelid
        from pg_catalog.pg_inherits i
        join pg_catalog.pg_class c on c.oid = i.inhrelid
        where i.inhparent = 's3cache.object'::regclass and c.relname = cache);
    found_one boolean := false;
begin
    if partition is not null then
        -- By way of s3cache.object, a plan would either lock the tables of all caches or cost more to make than this look.
        execute format('select exists (select from only %s o where o.state = ''unverified'')', partition) into found_one;
    end if;
    return found_one;
end
$$;
comment on function s3cache.has_unverified(text) is
    'Whether a cache has rows in doubt.';
