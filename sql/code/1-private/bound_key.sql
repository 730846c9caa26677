-- object: function s3cache.bound_key(text, text)
create or replace function s3cache.bound_key(binding text, row_id text)
returns table (name text, cache text, is_folder boolean, is_there boolean, key text, row_key text, url text, may_write boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    plan record;
    condition text;
begin
    select p.* into plan from s3cache.binding_plan(binding) p;
    name := plan.name;
    cache := plan.cache;
    is_folder := plan.is_folder;
    may_write := plan.url_column is null or has_column_privilege(plan.bound, plan.url_column, 'update');
    foreach condition in array plan.row_conditions loop
        begin
            execute format('select true, %s, %s, %s from %s r where %s limit 1', plan.key_sql, coalesce(plan.row_key_sql, 'null::text'),
                case when plan.url_column is null then 'null::text' else format('r.%I::text', plan.url_column) end, plan.bound, condition)
            into is_there, key, row_key, url
            using row_id;
        exception when data_exception then
            is_there := false;  -- no row has such a key
        end;
        exit when is_there;
    end loop;
    is_there := coalesce(is_there, false);
    return next;
end
$$;
comment on function s3cache.bound_key(text, text) is
    'What the row of a bound table says, read with the caller''s rights: its key, with placeholders left where columns do not tell, what names it, the URL that it has, and whether the caller may write that. row_id is the value of the template''s one column, where it has one, else the primary key''s, of several columns a JSON array of them.';
