-- object: function s3cache.unsigned_url(text, text, text)
-- object: function s3cache.open_url(text, text, boolean, text, text, text)
create or replace function s3cache.unsigned_url(base text, filename text, etag text) returns text
language sql stable parallel safe
return s3cache.encoded_path(base, filename) || case
    when etag <> '' then '?v=' || case when etag ~ '^[0-9a-f]{32}(-[0-9]+)?$' then left(etag, 8) else left(md5(etag), 8) end
    else ''
end;
comment on function s3cache.unsigned_url(text, text, text) is
    'A public URL, or a CDN''s, from what it starts with; a short mark of the contents follows where an etag is given, so that a replaced object gets another. Its names were resolved when it was made.';
create or replace function s3cache.open_url(
    cdn_base text, public_base text, versioned boolean, filename text, etag text, content_type text) returns text
language sql stable parallel safe
return s3cache.unsigned_url(
    case when s3cache.is_json(filename, content_type) then public_base else coalesce(cdn_base, public_base) end,
    filename, case when versioned then etag end);
comment on function s3cache.open_url(text, text, boolean, text, text, text) is
    'The CDN''s URL of a file that is no JSON, if there is a CDN, else the public one, if there is such. Its names were resolved when it was made.';
