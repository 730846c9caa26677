-- object: function s3cache.unbind(regclass)
create or replace function s3cache.unbind(table_name regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    bound text;
    is_mine boolean;
    worker oid := to_regrole('s3cache_worker');
    has_trigger boolean := exists (
        select from pg_catalog.pg_trigger t where t.tgrelid = table_name and t.tgname = 's3cache_on_insert');
    granted name;
begin
    select format('%I.%I', n.nspname, c.relname), pg_has_role(current_user, c.relowner, 'usage') into bound, is_mine
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = table_name;
    if not is_mine then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s is not yours to unbind.', table_name),
            hint = 'Its owner does that, because it revokes rights on the table from s3cache_worker.';
    end if;
    begin
        perform s3cache.forget_binding(table_name);
    exception when undefined_object then
        -- A cache that is dropped takes its bindings along, and cannot take back what these granted.
        if not has_trigger and not exists (
            select from pg_catalog.pg_class c, aclexplode(c.relacl) a where c.oid = table_name and a.grantee = worker)
        then
            raise;
        end if;
    end;
    if has_trigger then
        execute format('drop trigger s3cache_on_insert on %s', bound);
    end if;
    if bound is not null and worker is not null then
        execute format('revoke select on %s from s3cache_worker', bound);
        for granted in
            select a.attname
            from pg_catalog.pg_attribute a, aclexplode(a.attacl) g
            where a.attrelid = table_name and not a.attisdropped and g.grantee = worker and g.privilege_type = 'UPDATE'
        loop
            execute format('revoke update (%I) on %s from s3cache_worker', granted, bound);
        end loop;
    end if;
end
$$;
comment on function s3cache.unbind(regclass) is
    'Removes a table''s binding, the trigger of s3cache.on_insert(), and what it granted to s3cache_worker; rows and objects stay. Also where the binding went with its cache. Jobs through it that have not ended fail.';
