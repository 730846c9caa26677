-- object: function s3cache.partition_of(text)
create or replace function s3cache.partition_of(cache text) returns regclass
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select i.inhrelid::regclass
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 's3cache.object'::regclass and c.relname = cache
$$;
comment on function s3cache.partition_of(text) is
    'The table of a cache; NULL if there is none. Caches are named as their tables are.';
