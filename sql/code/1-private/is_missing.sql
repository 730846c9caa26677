-- object: function s3cache.is_missing(bigint)
create or replace function s3cache.is_missing(mark bigint) returns boolean
language sql immutable parallel safe
return mark < 0;
comment on function s3cache.is_missing(bigint) is
    'Whether an object is not in the bucket, by what s3cache.object_mark() gives. Its names were resolved when it was made.';
