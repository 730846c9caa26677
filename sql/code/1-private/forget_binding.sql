-- object: function s3cache.forget_binding(regclass)
create or replace function s3cache.forget_binding(table_name regclass) returns name
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    written name;
begin
    -- Of a table that is gone anyone may do that.
    if exists (
        select from pg_catalog.pg_class c where c.oid = table_name and not pg_has_role(s3cache.caller(), c.relowner, 'usage'))
    then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s is not yours.', table_name),
            hint = 'Its owner unbinds it.';
    end if;
    delete from s3cache.binding_row b where b.table_id = table_name returning b.url_column into written;
    if not found then
        raise exception using
            errcode = 'undefined_object',
            message = format('%s is not bound.', table_name),
            hint = 'TABLE s3cache.binding lists what is.';
    end if;
    return written;
end
$$;
comment on function s3cache.forget_binding(regclass) is
    'Removes a table''s binding, and gives the column that URLs were written to. Raises undefined_object where there is none.';
