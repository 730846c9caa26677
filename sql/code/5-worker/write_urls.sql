-- object: function s3cache.write_urls(text, text[], text[])
create or replace function s3cache.write_urls(binding text, row_keys text[], filenames text[]) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    plan record;
    key_condition text;
    urls text[];
    number bigint;
begin
    select p.* into plan from s3cache.binding_plan(binding) p;
    if plan.url_column is null then
        return 0;
    end if;
    urls := s3cache.written_urls(plan.name, filenames);
    select string_agg(
        format(case
                when i.indnkeyatts = 1 then 'r.%I operator(pg_catalog.=) w.row_key::%s'
                else 'r.%I operator(pg_catalog.=) (w.row_key::pg_catalog.jsonb operator(pg_catalog.->>) %3$s)::%2$s'
            end, a.attname, format_type(a.atttypid, a.atttypmod), k.place - 1),
        ' and ' order by k.place)
    into key_condition
    from pg_catalog.pg_index i
    cross join lateral unnest(i.indkey::smallint[]) with ordinality as k (number, place)
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indrelid = plan.bound::regclass and i.indisprimary and k.place <= i.indnkeyatts;
    -- The table's triggers run here, as the worker, and find the path that they would find in any session of its. What
    -- stands below says where everything is.
    perform set_config('search_path', (select s.reset_val from pg_catalog.pg_settings s where s.name = 'search_path'), true);
    execute pg_catalog.format(
        'update %s r set %I = w.url from rows from (pg_catalog.unnest($1), pg_catalog.unnest($2)) as w (row_key, url) where %s',
        plan.bound, plan.url_column, key_condition)
    using row_keys, urls;
    get diagnostics number = row_count;
    return number;
end
$$;
comment on function s3cache.write_urls(text, text[], text[]) is
    'Writes the URLs of files into the URL column of bound rows, in one statement, and gives the number of rows; those that are gone count for nothing. Runs with the worker''s own rights, and so do the table''s triggers. Waits for a user''s transaction that holds a row, as long as lock_timeout allows.';
