-- object: function s3cache.window_start(bigint, bigint, bigint)
create or replace function s3cache.window_start(moment bigint, size bigint, shift bigint) returns bigint
language sql immutable parallel safe
return moment - (moment - shift) % size;
comment on function s3cache.window_start(bigint, bigint, bigint) is
    'The start of the window of size seconds that a Unix time is in, where one starts at shift, which is less than size. Its names were resolved when it was made.';
