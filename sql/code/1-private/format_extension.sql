-- object: function s3cache.format_extension(text)
create or replace function s3cache.format_extension(format text) returns text
language sql immutable parallel safe
return case
    when format in ('empty', 'other', 'executable', 'script') then 'bin'
    else coalesce('{"jpeg": "jpg", "text": "txt", "markdown": "md", "javascript": "js", "mpeg": "mpg", "gzip": "gz", "bzip2": "bz2", "zstd": "zst"}'::jsonb
        ->> format, format)
end;
comment on function s3cache.format_extension(text) is
    'The extension that files of a format usually have, without the dot. Its names were resolved when it was made.';
