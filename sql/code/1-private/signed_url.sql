-- object: function s3cache.signed_url(text, text, text, text, text, text, text, bytea, bytea)
create or replace function s3cache.signed_url(
    origin text, method text, path text, query text, tail text, stamp text, scope text, inner_pad bytea, outer_pad bytea)
returns text
language sql stable parallel safe
return origin || path || '?' || query || '&X-Amz-Signature=' || s3cache.signature(
    E'AWS4-HMAC-SHA256\n' || stamp || E'\n' || scope
        || encode(sha256(convert_to(method || E'\n' || path || E'\n' || query || tail, 'UTF8')), 'hex'),
    inner_pad, outer_pad);
comment on function s3cache.signed_url(text, text, text, text, text, text, text, bytea, bytea) is
    'A presigned URL from its parts: path and query percent-encoded and in order; tail: what follows the query in the canonical request; scope with its line break. Its names were resolved when it was made; it has no settings, so that it is inlined. Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API Reference.';
