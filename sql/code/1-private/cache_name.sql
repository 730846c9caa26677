-- object: function s3cache.cache_name(integer)
create or replace function s3cache.cache_name(cache_id integer) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return case cache_id
        when 1 then 's3_image_cache'
        else coalesce(
            (select c.name from s3cache.created_cache c where c.id = cache_name.cache_id), format('dropped cache %s', cache_id))
    end;
end
$$;
comment on function s3cache.cache_name(integer) is 'The name of a cache by its id.';
