-- object: function s3cache.url(text, text)
create or replace function s3cache.url(filename text, cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.url(text, text) is
    'The URL to hand out for a file: the CDN''s, else the public one, else a presigned one. Not supported yet: raises feature_not_supported.';
