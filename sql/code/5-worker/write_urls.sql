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
        format('r.%I %s %s', k.name, k.equal,
            case k.columns
                when 1 then format('w.row_key::%s', k.type)
                else format('(w.row_key::pg_catalog.jsonb operator(pg_catalog.->>) %s)::%s', k.place - 1, k.type)
            end),
        ' and ' order by k.place)
    into key_condition
    from (select c.*, count(*) over () as columns from s3cache.bound_key_columns(plan.bound::regclass) c) k;
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
