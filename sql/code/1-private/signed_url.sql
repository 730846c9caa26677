-- object: function s3cache.signed_url(text, text, text, text)
create or replace function s3cache.signed_url(origin text, path text, query text, signature text) returns text
language sql immutable parallel safe
return origin || path || '?' || query || '&X-Amz-Signature=' || signature;
comment on function s3cache.signed_url(text, text, text, text) is
    'A presigned URL from its parts. Its names were resolved when it was made.';
