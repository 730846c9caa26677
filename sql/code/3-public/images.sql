-- object: function s3cache.images(text, text, boolean, bigint, text)
create or replace function s3cache.images(
    prefix text, cache text default 's3_image_cache', force_refresh boolean default false,
    limit_rows bigint default null, after text default null) returns jsonb
language plpgsql stable security definer
as $$
begin
    return s3cache.images_at(prefix, cache, force_refresh, limit_rows, after, pg_catalog.statement_timestamp());
end
$$;
comment on function s3cache.images(text, text, boolean, bigint, text) is
    'The files whose name starts with prefix, literally, as a jsonb array in byte order: [{"url", "filename", "key", "expires_at"}, …]; url as s3cache.url() gives it, filename the last path segment, key the whole key, expires_at when a presigned URL ends, else null. Where no URL can be made url is null and "error" says why. Missing files and names ending in a slash are left out. Where no file is left, and the cache has a default_image, that alone, with "is_default": true. after: only filenames greater than this; limit_rows: at most so many; force_refresh: presigned URLs made afresh.';
