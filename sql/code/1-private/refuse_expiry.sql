-- object: function s3cache.refuse_expiry(interval)
create or replace function s3cache.refuse_expiry(expires interval) returns integer
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'invalid_parameter_value',
        message = format('expires cannot be %s: it takes 1 second to 7 days.', coalesce(expires::text, 'NULL'));
end
$$;
comment on function s3cache.refuse_expiry(interval) is 'Raises invalid_parameter_value for an expiry that is not from 1 second to 7 days.';
