-- object: function s3cache.prune_history(interval, integer)
create or replace function s3cache.prune_history(keep interval, max_jobs integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Row by row, also by a plan that was made while the tables were empty.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp();  -- a volatile function is no condition of an index
    pruned bigint[];
begin
    if keep is null or keep < interval '1 hour' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The history cannot be kept for %L only: it takes 1 hour or more.', keep);
    end if;
    if not s3cache.at_home() then
        return 0;
    end if;
    with old as materialized (
        select h.id
        from s3cache.job_history h
        where h.finished_at < moment - keep
        order by h.finished_at
        limit max_jobs
        for update skip locked
    ), forgotten as (
        delete from s3cache.job_history h using old where h.id = old.id returning h.id
    )
    select coalesce(array_agg(f.id), '{}') into pruned from forgotten f;
    delete from s3cache.staged_content s where s.job_id = any (pruned);
    return cardinality(pruned);
end
$$;
comment on function s3cache.prune_history(interval, integer) is
    'Forgets jobs that ended longer ago than keep, at most max_jobs at once, with the bytes that failed uploads among them had staged; gives their number. Nothing is forgotten in a restored copy that nobody resumed.';
