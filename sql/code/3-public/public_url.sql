-- object: function s3cache.public_url(text, text)
create or replace function s3cache.public_url(filename text, cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.public_url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.public_url(text, text) is
    'The URL of a file in a bucket that can be read without a signature, or through the CDN. Not supported yet: raises feature_not_supported.';
