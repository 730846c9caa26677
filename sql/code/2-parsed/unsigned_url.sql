-- object: function s3cache.unsigned_url(text, text, text)
create or replace function s3cache.unsigned_url(base text, filename text, etag text) returns text
language sql stable parallel safe
return s3cache.encoded_path(base, filename) || case
    when etag <> '' then '?v=' || case when etag ~ '^[0-9a-f]{32}(-[0-9]+)?$' then left(etag, 8) else left(md5(etag), 8) end
    else ''
end;
comment on function s3cache.unsigned_url(text, text, text) is
    'A public URL, or a CDN''s, from what it starts with; a short mark of the contents follows where an etag is given, so that a replaced object gets another. Its names were resolved when it was made.';
