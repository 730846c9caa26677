-- object: function s3cache.is_json(text, text)
create or replace function s3cache.is_json(filename text, content_type text) returns boolean
language sql immutable parallel safe
return coalesce(filename ~* '\.json$', false) or coalesce(content_type ~* '^[a-z]+/([^;]*\+)?json *(;|$)', false);
comment on function s3cache.is_json(text, text) is
    'Whether a file is JSON, by name or media type: such is never handed out through a CDN, which may hold an old one. Its names were resolved when it was made.';
