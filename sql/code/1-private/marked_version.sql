-- object: function s3cache.marked_version(bigint)
create or replace function s3cache.marked_version(mark bigint) returns bigint
language sql immutable parallel safe
return case when mark < 0 then -1 - mark else mark end;
comment on function s3cache.marked_version(bigint) is
    'The object_version in what s3cache.object_mark() gives. Its names were resolved when it was made.';
