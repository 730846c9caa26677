-- object: function s3cache.primary_image_of(text, text)
create or replace function s3cache.primary_image_of(binding text, row_id text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select s3cache.images_of(binding, row_id) -> 0
$$;
comment on function s3cache.primary_image_of(text, text) is
    'The first image of one row of a bound table, as s3cache.images_of() gives them; NULL if it has none.';
