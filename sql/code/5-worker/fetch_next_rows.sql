-- object: function s3cache.fetch_next_rows(bigint, bigint, text, integer)
create or replace function s3cache.fetch_next_rows(job_id bigint, token bigint, after_row text, row_limit integer)
returns table (last_row text, looked_at bigint, enqueued bigint, pending bigint, backing_off bigint, problems jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    asked record;
    plan record;
    row_keys text[];
    sources text[];
    keys text[];
begin
    select j.* into asked from s3cache.archive_job(job_id, token) j;
    select p.* into plan from s3cache.binding_plan(asked.args ->> 'binding') p;
    if plan.source_column is null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('The binding %I fetches no new rows any more.', plan.name),
            hint = 'SELECT s3cache.on_insert(table, ''fetch'', source_column => …);';
    end if;
    execute format(
        'select array_agg(p.row_key), array_agg(p.source), array_agg(p.key) from ('
        'select %1$s as row_key, r.%2$I::text as source, %3$s as key from %4$s r '
        'where r.%5$I is null and r.%2$I is not null and %6$s order by %7$s limit $2) p',
        plan.row_key_sql, plan.source_column, plan.key_sql, plan.bound, plan.url_column,
        case when after_row is null then 'true' else plan.behind_row end,
        plan.row_order)
    into row_keys, sources, keys
    using after_row, row_limit;
    last_row := row_keys[cardinality(row_keys)];
    looked_at := coalesce(cardinality(row_keys), 0);
    select e.enqueued, e.pending, e.backing_off, e.problems into enqueued, pending, backing_off, problems
    from s3cache.enqueue_row_fetches(job_id, token, row_keys, sources, keys) e;
    return next;
end
$$;
comment on function s3cache.fetch_next_rows(bigint, bigint, text, integer) is
    'Enqueues fetches for the rows of a bound table that have no URL yet and a source for one, in the order of the primary key, at most row_limit of those that come after a row; last_row is NULL where there were none. Reads the bound table with the worker''s own rights. Raises S3C01 if the claim is void.';
