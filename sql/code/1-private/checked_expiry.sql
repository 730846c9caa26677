-- object: function s3cache.checked_expiry(interval)
create or replace function s3cache.checked_expiry(expires interval) returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if expires between interval '1 second' and interval '7 days' is not true then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('expires cannot be %s: it takes 1 second to 7 days.', coalesce(expires::text, 'NULL'));
    end if;
    return floor(extract(epoch from expires));
end
$$;
comment on function s3cache.checked_expiry(interval) is 'The whole seconds of an expiry; raises invalid_parameter_value unless it is 1 second to 7 days.';
