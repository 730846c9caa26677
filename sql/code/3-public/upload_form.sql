-- object: function s3cache.upload_form(text, text, bigint, interval, text)
create or replace function s3cache.upload_form(
    filename text,
    content_type text default null,
    max_bytes bigint default null,
    expires interval default interval '15 minutes',
    cache text default 's3_image_cache')
returns jsonb
language plpgsql stable parallel safe security definer
as $$
begin
    return s3cache.upload_form_at(filename, content_type, max_bytes, expires, cache, pg_catalog.statement_timestamp());
end
$$;
comment on function s3cache.upload_form(text, text, bigint, interval, text) is
    'An HTML form by which a browser can upload one file: {"url", "fields"}; POST the fields as multipart/form-data, the file last, as field file. The store refuses more than max_bytes (NULL: the cache''s setting, which is also the most), another Content-Type than content_type where one is given, another key, and anything after it expired (1 second to 7 days). Signed by the worker''s upload credential.';
