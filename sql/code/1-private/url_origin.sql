-- object: function s3cache.url_origin(text)
create or replace function s3cache.url_origin(url text) returns text
language sql immutable parallel safe
return substring(url from '^[a-z]+://[^/]+');
comment on function s3cache.url_origin(text) is
    'Scheme, host and port of what s3cache.fetchable_url() gave. Its names were resolved when it was made.';
