-- object: function s3cache.primary_image(text, text, boolean)
create or replace function s3cache.primary_image(
    prefix text, cache text default 's3_image_cache', force_refresh boolean default false) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select s3cache.images(prefix, cache, force_refresh, 1) -> 0
$$;
comment on function s3cache.primary_image(text, text, boolean) is
    'The first element of s3cache.images(); NULL if there is none.';
