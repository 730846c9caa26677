-- object: function s3cache.upload_form(text, text, bigint, interval, text)
create or replace function s3cache.upload_form(
    filename text,
    content_type text default null,
    max_bytes bigint default null,
    expires interval default interval '15 minutes',
    cache text default 's3_image_cache')
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_form() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_form(text, text, bigint, interval, text) is
    'A POST policy with which a browser form can upload one file: {"url", "fields"}. Not supported yet: raises feature_not_supported.';
