-- object: function s3cache.upload_url(text, text, interval, text)
create or replace function s3cache.upload_url(
    filename text,
    content_type text default null,
    expires interval default interval '15 minutes',
    cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_url(text, text, interval, text) is
    'A presigned PUT URL with which a browser can upload one file. Not supported yet: raises feature_not_supported.';
