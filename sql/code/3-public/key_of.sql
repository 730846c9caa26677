-- object: function s3cache.key_of(text, text)
create or replace function s3cache.key_of(url text, cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.key_of() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.key_of(text, text) is
    'The key behind a URL of ours; NULL for foreign ones. Not supported yet: raises feature_not_supported.';
