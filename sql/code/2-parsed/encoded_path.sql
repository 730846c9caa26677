-- object: function s3cache.encoded_path(text, text)
create or replace function s3cache.encoded_path(base text, filename text) returns text
language sql stable parallel safe
return base || case when filename ~ '^[A-Za-z0-9._~/-]*$' then filename else s3cache.percent_encoded(filename, true) end;
comment on function s3cache.encoded_path(text, text) is
    'A path with a filename at its end, percent-encoded; the usual one needs no more than a look. Its names were resolved when it was made.';
