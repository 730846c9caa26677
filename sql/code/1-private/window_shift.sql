-- object: function s3cache.window_shift(integer, text, bigint, bigint)
create or replace function s3cache.window_shift(cache_id integer, filename text, version bigint, size bigint) returns bigint
language sql immutable parallel safe
return ((hashtextextended(filename, cache_id) % size) + size + version % size) % size;
comment on function s3cache.window_shift(integer, text, bigint, bigint) is
    'When, in seconds after a multiple of size, a file''s windows start: spread by its name, and moved by every rise of version. Its names were resolved when it was made.';
