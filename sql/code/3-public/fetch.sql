-- object: function s3cache.fetch(text, text, text, text, text)
create or replace function s3cache.fetch(
    url text,
    filename text default null,
    category text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.fetch() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.fetch(text, text, text, text, text) is
    'Downloads a URL and stores the result; gives a job id. Not supported yet: raises feature_not_supported.';
