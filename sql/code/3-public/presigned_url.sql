-- object: function s3cache.presigned_url(text, interval, text, text, text, boolean, text)
create or replace function s3cache.presigned_url(
    filename text,
    expires interval default null,
    method text default 'GET',
    response_content_disposition text default null,
    response_content_type text default null,
    force_refresh boolean default false,
    cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.presigned_url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.presigned_url(text, interval, text, text, text, boolean, text) is
    'A presigned URL of a file; expires replaces the cache''s presign_ttl (1 second to 7 days). Not supported yet: raises feature_not_supported.';
