-- object: function s3cache.formats_agree(text, text)
create or replace function s3cache.formats_agree(bytes text, claimed text) returns boolean
language sql immutable parallel safe
return bytes = claimed
    or (bytes in ('text', 'json') and claimed in ('text', 'csv', 'markdown', 'css', 'javascript'))
    or (bytes = 'mp4' and claimed = 'm4a')
    or (bytes = 'webm' and claimed = 'mkv');
comment on function s3cache.formats_agree(text, text) is
    'Whether bytes of one format may be called another: forms of text do not show in the bytes. Its names were resolved when it was made.';
