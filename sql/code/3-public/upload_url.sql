-- object: function s3cache.upload_url(text, text, interval, text)
create or replace function s3cache.upload_url(
    filename text,
    content_type text default null,
    expires interval default interval '15 minutes',
    cache text default 's3_image_cache')
returns text
language plpgsql stable parallel safe security definer
as $$
begin
    return s3cache.upload_url_at(filename, content_type, expires, cache, pg_catalog.statement_timestamp());
end
$$;
comment on function s3cache.upload_url(text, text, interval, text) is
    'A URL to which anyone can PUT the file, once or again, until it expires (1 second to 7 days): with content_type only with exactly this Content-Type header, else with any. It says nothing about the size; s3cache.upload_form() does. Signed by the worker''s upload credential. The row follows with the next rebuild, or at once with add_file_to_s3_cache().';
