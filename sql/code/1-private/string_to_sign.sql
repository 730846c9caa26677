-- object: function s3cache.string_to_sign(text, text, text)
create or replace function s3cache.string_to_sign(stamp text, scope text, canonical_hash text) returns text
language sql immutable parallel safe
return E'AWS4-HMAC-SHA256\n' || stamp || E'\n' || scope || canonical_hash;
comment on function s3cache.string_to_sign(text, text, text) is
    'The string to sign of a request: stamp: X-Amz-Date; scope: with its line break. Its names were resolved when it was made.';
