-- object: function s3cache.primary_image_of(text, text)
create or replace function s3cache.primary_image_of(binding text, row_id text)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.primary_image_of() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.primary_image_of(text, text) is
    'The first image of one row of a bound table; NULL if it has none. Not supported yet: raises feature_not_supported.';
