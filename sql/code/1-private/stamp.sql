-- object: function s3cache.stamp(bigint)
create or replace function s3cache.stamp(moment bigint) returns text
language sql stable parallel safe
return to_char(to_timestamp(moment) at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"');
comment on function s3cache.stamp(bigint) is
    'A Unix time as X-Amz-Date has it. Its names were resolved when it was made.';
