-- object: function s3cache.cache_id(text)
create or replace function s3cache.cache_id(cache text) returns integer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    found_id integer;
begin
    if cache = 's3_image_cache' then
        return 1;
    end if;
    select c.id into found_id from s3cache.created_cache c where c.name = cache;
    if not found then
        raise exception using
            errcode = 'undefined_object',
            message = format('There is no cache %s.', coalesce(quote_ident(cache), 'NULL')),
            hint = 'TABLE s3cache.cache lists the caches; SELECT s3cache.create_cache(name, bucket => …) makes one.';
    end if;
    return found_id;
end
$$;
comment on function s3cache.cache_id(text) is
    'The cache_id of a cache by its name; raises undefined_object for an unknown one.';
