-- object: function s3cache.refuse_argument(text, text)
create or replace function s3cache.refuse_argument(function_name text, argument text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = format('%s: the argument %s is not supported yet by this version of s3cache.', function_name, argument),
        hint = 'Leave it at its default.';
end
$$;
comment on function s3cache.refuse_argument(text, text) is
    'Raises feature_not_supported for an argument that is declared but has no effect yet.';
