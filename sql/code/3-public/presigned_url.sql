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
language plpgsql stable parallel safe security definer
as $$
begin
    return s3cache.presigned_url_at(
    filename, expires, method, response_content_disposition, response_content_type, force_refresh, cache, pg_catalog.statement_timestamp());
end
$$;
comment on function s3cache.presigned_url(text, interval, text, text, text, boolean, text) is
    'A URL with which anyone can read the file, without a request: it is the same for everyone until it is refreshed, and always has more than the cache''s presign_margin left when the statement starts. expires replaces presign_ttl (1 second to 7 days; with no more than the margin the URL is made afresh each time); force_refresh makes it afresh. method: GET or HEAD. response_content_disposition and response_content_type are what the store then answers with. Of an object that S3 has not taken yet: the URL of the copy which a worker keeps. No row of that name need exist. Raises an error if there is no key to sign with. In presign_mode worker: what a worker signed for the caller of s3cache.presign(); there the other arguments have no effect.';
