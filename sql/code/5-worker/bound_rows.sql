-- object: function s3cache.bound_rows(bigint, bigint, boolean, text, integer)
create or replace function s3cache.bound_rows(
    job_id bigint, token bigint, only_with_object boolean, after_row text, row_limit integer)
returns table (row_key text, url text, key text, path text, md5 text, media_type text, kind text)
language plpgsql
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    asked record;
    plan record;
begin
    select j.* into asked from s3cache.archive_job(job_id, token) j;
    select p.* into plan from s3cache.binding_plan(asked.args ->> 'binding') p;
    if plan.row_order is null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('The binding %I cannot be used: %s has no primary key.', plan.name, plan.bound),
            hint = format('ALTER TABLE %s ADD PRIMARY KEY (…);', plan.bound);
    end if;
    for row_key, url, key, path, md5, media_type, kind in execute format(
        'select %1$s, %2$s, %3$s, %4$s from %5$s r where %6$s and %7$s order by %8$s limit $2',
        plan.row_key_sql, case when plan.url_column is null then 'null::text' else format('r.%I::text', plan.url_column) end,
        plan.key_sql,
        plan.file_sql, plan.bound,
        case when after_row is null then 'true' else plan.behind_row end,
        case
            when not only_with_object then 'true'
            when plan.url_column is null then format('%s is not null', plan.key_sql)
            else format('r.%I is not null', plan.url_column)
        end,
        plan.row_order)
    using after_row, row_limit
    loop
        return next;
    end loop;
end
$$;
comment on function s3cache.bound_rows(bigint, bigint, boolean, text, integer) is
    'The rows of a bound table that a job which verifies it comes to next, in the order of the primary key, at most row_limit of those that come after a row: what names each, its URL, its key with placeholders left for what its columns do not tell, and what they say of its file. only_with_object: none without a URL or, where there is no url_column, without a key. Reads the bound table with the worker''s own rights. Raises S3C01 if the claim is void.';
