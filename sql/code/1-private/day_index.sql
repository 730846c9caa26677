-- object: function s3cache.day_index(bigint, integer)
create or replace function s3cache.day_index(moment bigint, first_day integer) returns integer
language sql immutable parallel safe
return moment / 86400 - first_day + 1;
comment on function s3cache.day_index(bigint, integer) is
    'Where a Unix time''s day is in arrays whose first element is of first_day, in days since 1970. Its names were resolved when it was made.';
