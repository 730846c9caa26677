-- object: function s3cache.canonical_hash(text, text, text, text)
create or replace function s3cache.canonical_hash(method text, path text, query text, tail text) returns text
language sql stable parallel safe
return encode(sha256(convert_to(method || E'\n' || path || E'\n' || query || tail, 'UTF8')), 'hex');
comment on function s3cache.canonical_hash(text, text, text, text) is
    'The hash of a canonical request: path and query percent-encoded and in order; tail: what follows the query. Its names were resolved when it was made. Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API Reference.';
