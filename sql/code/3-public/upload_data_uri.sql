-- object: function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload_data_uri(
    filename text,
    data_uri text,
    content_type text default null,
    metadata jsonb default '{}',
    cache_control text default null,
    category text default null,
    if_exists text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_data_uri() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text) is
    'Uploads the contents of a data: URI; gives a job id. Not supported yet: raises feature_not_supported.';
