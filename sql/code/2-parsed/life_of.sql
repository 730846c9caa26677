-- object: function s3cache.life_of(interval, integer)
create or replace function s3cache.life_of(expires interval, ttl integer) returns integer
language sql stable parallel safe
return case when expires is null then ttl else s3cache.checked_expiry(expires) end;
comment on function s3cache.life_of(interval, integer) is
    'How many seconds a presigned URL lives: as asked for, else as the cache has it. Its names were resolved when it was made.';
