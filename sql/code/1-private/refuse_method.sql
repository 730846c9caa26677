-- object: function s3cache.refuse_method(text)
create or replace function s3cache.refuse_method(method text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'invalid_parameter_value',
        message = format('A presigned URL cannot be for the method %s: it takes GET or HEAD.', coalesce(quote_literal(left(method, 20)), 'NULL')),
        hint = 's3cache.upload_url() signs uploads; s3cache.delete_object() deletes.';
end
$$;
comment on function s3cache.refuse_method(text) is 'Raises invalid_parameter_value for a method that s3cache.presigned_url() does not sign.';
