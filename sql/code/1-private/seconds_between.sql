-- object: function s3cache.seconds_between(bigint, bigint)
create or replace function s3cache.seconds_between(moment bigint, other bigint) returns bigint
language sql immutable parallel safe
return other - moment;
comment on function s3cache.seconds_between(bigint, bigint) is
    'What lies between two Unix times. Its names were resolved when it was made.';
