-- object: function s3cache.fallback_image(integer)
create or replace function s3cache.fallback_image(cache_id integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return (
        select jsonb_build_object(
            'filename', u.default_image, 'key', s3cache.object_key(u.cache_id, u.default_image),
            'url', s3cache.lasting_url_of(u.cache_id, u.default_image))
        from s3cache.url_plan u
        where u.cache_id = fallback_image.cache_id and u.default_image is not null);
end
$$;
comment on function s3cache.fallback_image(integer) is
    'The default_image of a cache as results tell of it: filename, key and url, which is never presigned. NULL if it has none.';
