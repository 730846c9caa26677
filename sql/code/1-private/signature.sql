-- object: function s3cache.signature(text, bytea, bytea)
create or replace function s3cache.signature(message text, inner_pad bytea, outer_pad bytea) returns text
language sql stable parallel safe
return encode(sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))), 'hex');
comment on function s3cache.signature(text, bytea, bytea) is
    'HMAC-SHA256 of a message in hexadecimal digits, by the pads of the key: of a string to sign, or of a policy. Its names were resolved when it was made.';
