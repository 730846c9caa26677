-- object: function s3cache.remember_on_insert(regclass, text, text)
create or replace function s3cache.remember_on_insert(table_name regclass, action text, source_column text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    bound s3cache.binding_row;
    problem text;
    advice text;
begin
    if not exists (
        select from pg_catalog.pg_class c where c.oid = table_name and pg_has_role(s3cache.caller(), c.relowner, 'usage'))
    then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s is not yours.', coalesce(table_name::text, 'NULL')),
            hint = 'Its owner binds it.';
    end if;
    select b.* into bound from s3cache.binding_row b where b.table_id = table_name;
    if not found then
        raise exception using
            errcode = 'undefined_object',
            message = format('%s is not bound.', table_name),
            hint = 'SELECT s3cache.bind(table, key => …) binds it.';
    end if;
    perform p from s3cache.binding_plan(bound.name) p;
    if action is not null and action not in ('archive', 'fetch') then
        problem := format('action cannot be %s: it takes archive, fetch or NULL.', to_json(left(action, 200)));
        advice := 'NULL: nothing is done with new rows.';
    elsif coalesce(action = 'fetch', false) <> (source_column is not null) then
        problem := 'source_column and the action fetch go together.';
        advice := 'It names the column with the URL of a row''s file.';
    elsif source_column is not null and not exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = table_name and a.attname = source_column and a.attnum > 0 and not a.attisdropped)
    then
        problem := format('%s has no column %I, which source_column names.', table_name, source_column);
        advice := 'Names of columns are exact: lower-case unless they were quoted when the table was made.';
    elsif action is not null and bound.url_column is null then
        problem := format('The binding %I has no url_column, so nothing tells which rows are new.', bound.name);
        advice := 'Bind the table again with url_column => ….';
    elsif source_column = bound.url_column then
        problem := 'source_column cannot be the url_column, which is written.';
        advice := 'Name the column with the URL that the file is fetched from.';
    elsif action = 'archive' and bound.path_column is null and (bound.md5_column is null or bound.root is null) then
        problem := format('The binding %I does not say where files are.', bound.name);
        advice := 'Bind the table again with path_column, or md5_column and root.';
    end if;
    if problem is not null then
        raise exception using errcode = 'invalid_parameter_value', message = problem, hint = advice;
    end if;
    update s3cache.binding_row b
    set on_insert = action, source_column = remember_on_insert.source_column
    where b.table_id = table_name;
end
$$;
comment on function s3cache.remember_on_insert(regclass, text, text) is
    'Writes down what is to be done with new rows of a bound table. It makes no trigger: only a table''s owner can.';
