-- object: function s3cache.response_parameter(text, text)
create or replace function s3cache.response_parameter(name text, value text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Far more than any header can have; and what makes a URL must not fail for its size while a key is at hand.
    if octet_length(value) > 2048 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s cannot have %s bytes: it takes at most 2048.', replace(name, '-', '_'), octet_length(value));
    end if;
    return '&' || name || '=' || s3cache.percent_encoded(value);
end
$$;
comment on function s3cache.response_parameter(text, text) is
    'A parameter of a presigned URL by which the store answers with a header of that value; raises invalid_parameter_value for a long one.';
