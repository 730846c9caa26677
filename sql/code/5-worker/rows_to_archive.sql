-- object: function s3cache.rows_to_archive(bigint, bigint, text, text, integer)
create or replace function s3cache.rows_to_archive(
    job_id bigint, token bigint, after_time text, after_row text, row_limit integer)
returns table (row_key text, row_time text, key text, path text, md5 text, media_type text, kind text)
language plpgsql
set search_path = pg_catalog, pg_temp
-- Times go to the worker and come back as text.
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    asked record;
    plan record;
    behind text := 'true';
begin
    select j.* into asked from s3cache.archive_job(job_id, token) j;
    select p.* into plan from s3cache.binding_plan(asked.args ->> 'binding') p;
    if after_row is not null then
        behind := case
            when plan.order_column is null then plan.behind_row
            when after_time is null then format('r.%I is null and %s', plan.order_column, plan.behind_row)
            else format('(r.%1$I > $2::%2$s or r.%1$I is null or (r.%1$I = $2::%2$s and %3$s))',
                plan.order_column, plan.order_type, plan.behind_row)
        end;
    end if;
    for row_key, row_time, key, path, md5, media_type, kind in execute format(
        'select %1$s, %2$s, replace(replace(%3$s, ''{uuid}'', encode(substr(sha256(convert_to(%8$L || %1$s, ''UTF8'')), 1, 16), ''hex'')::uuid::text), '
        '''{unix}'', floor(extract(epoch from coalesce(case when isfinite(%4$s) then %4$s end, $3)))::bigint::text), %5$s '
        'from %6$s r where %7$s order by %9$s limit $4',
        plan.row_key_sql, case when plan.order_column is null then 'null::text' else format('r.%I::text', plan.order_column) end,
        plan.key_sql, case when plan.order_column is null then 'null::timestamptz' else format('r.%I::timestamptz', plan.order_column) end,
        plan.file_sql, plan.bound,
        behind || case when (asked.args ->> 'force')::boolean then '' else format(' and r.%I is null', plan.url_column) end,
        plan.name || E'\n',
        case when plan.order_column is null then '' else format('r.%I nulls last, ', plan.order_column) end || plan.row_order)
    using after_row, after_time, asked.queued_at, row_limit
    loop
        return next;
    end loop;
end
$$;
comment on function s3cache.rows_to_archive(bigint, bigint, text, text, integer) is
    'The rows that an archive job comes to next, the oldest first, at most row_limit of those that come after a row: what names each, its time, its key with placeholders left for what its file tells, and what its columns say of the file. {unix} and {uuid} are made of the row, so that what is done twice is done to one object. Reads the bound table with the worker''s own rights. Raises S3C01 if the claim is void.';
