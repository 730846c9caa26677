-- object: function s3cache.shifting_version(bigint, bigint)
create or replace function s3cache.shifting_version(version bigint, epoch bigint) returns bigint
language sql immutable parallel safe
return coalesce(version, 0) + epoch;
comment on function s3cache.shifting_version(bigint, bigint) is
    'What moves the windows of a file: its version, 0 without a row, and its cache''s epoch. Its names were resolved when it was made.';
