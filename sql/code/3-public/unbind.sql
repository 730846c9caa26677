-- object: function s3cache.unbind(regclass)
create or replace function s3cache.unbind(table_name regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.unbind() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.unbind(regclass) is
    'Removes a table''s binding; rows and objects stay. Not supported yet: raises feature_not_supported.';
