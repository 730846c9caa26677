-- object: function s3cache.lasts(bigint, bigint, integer)
create or replace function s3cache.lasts(ends bigint, moment bigint, margin integer) returns boolean
language sql immutable parallel safe
return ends - moment > margin;
comment on function s3cache.lasts(bigint, bigint, integer) is
    'Whether at a moment a credential that ends at another has more than the margin left. Its names were resolved when it was made.';
