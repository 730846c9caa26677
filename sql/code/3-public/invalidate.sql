-- object: function s3cache.invalidate(text, text)
create or replace function s3cache.invalidate(prefix text, cache text default 's3_image_cache')
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.invalidate() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.invalidate(text, text) is
    'Makes the next read give fresh URLs for all filenames that start with the prefix; NULL: for all. Not supported yet: raises feature_not_supported.';
