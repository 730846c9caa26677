-- object: function s3cache.unix_time(timestamptz)
create or replace function s3cache.unix_time(moment timestamptz) returns bigint
language sql stable parallel safe
return floor(date_part('epoch', moment));
comment on function s3cache.unix_time(timestamptz) is
    'The whole seconds of a moment since 1970. Its names were resolved when it was made.';
