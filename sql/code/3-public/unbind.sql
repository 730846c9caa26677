-- object: function s3cache.unbind(regclass)
create or replace function s3cache.unbind(table_name regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    bound text;
    is_mine boolean;
    written name;
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
    written := s3cache.forget_binding(table_name);
    if exists (select from pg_catalog.pg_trigger t where t.tgrelid = table_name and t.tgname = 's3cache_on_insert') then
        execute format('drop trigger s3cache_on_insert on %s', bound);
    end if;
    if bound is not null and exists (select from pg_catalog.pg_roles r where r.rolname = 's3cache_worker') then
        execute format('revoke select on %s from s3cache_worker', bound);
        if exists (
            select from pg_catalog.pg_attribute a where a.attrelid = table_name and a.attname = written and not a.attisdropped)
        then
            execute format('revoke update (%I) on %s from s3cache_worker', written, bound);
        end if;
    end if;
end
$$;
comment on function s3cache.unbind(regclass) is
    'Removes a table''s binding, the trigger of s3cache.on_insert(), and what it granted to s3cache_worker; rows and objects stay. Jobs through it that have not ended fail.';
