-- object: function s3cache.on_insert(regclass, text, text)
create or replace function s3cache.on_insert(table_name regclass, action text, source_column text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    bound text;
begin
    select format('%I.%I', n.nspname, c.relname) into bound
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = table_name and pg_has_role(current_user, c.relowner, 'usage');
    if not found then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s is not yours.', coalesce(table_name::text, 'NULL')),
            hint = 'Its owner says what is done with new rows, because that takes a trigger on the table.';
    end if;
    perform s3cache.remember_on_insert(table_name, action, source_column);
    if exists (select from pg_catalog.pg_trigger t where t.tgrelid = table_name and t.tgname = 's3cache_on_insert') then
        execute format('drop trigger s3cache_on_insert on %s', bound);
    end if;
    if action is not null then
        execute format(
            'create trigger s3cache_on_insert after insert on %s referencing new table as inserted '
            'for each statement execute function s3cache.bound_rows_inserted()', bound);
        execute format('comment on trigger s3cache_on_insert on %s is %L', bound,
            'New rows are archived or fetched without being asked: s3cache.on_insert().');
    end if;
end
$$;
comment on function s3cache.on_insert(regclass, text, text) is
    'Has new rows of a bound table of yours archived or fetched without anyone asking. action archive: as s3cache.archive() does; fetch: a worker downloads what the row''s source_column says, as s3cache.fetch() does, stores it under the row''s key, and writes its URL; NULL: nothing is done any more. A trigger on the table enqueues one job in a transaction that inserts, however many rows and statements it has; jobs that wait become one. Each job looks at all rows whose url_column is NULL, and so goes on with those that failed before. Rows that are inserted into a partition directly are seen by the next job.';
