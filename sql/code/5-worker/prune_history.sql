-- object: function s3cache.prune_history(interval, integer, text)
create or replace function s3cache.prune_history(keep interval, max_jobs integer, after text default null, out pruned integer, out place text)
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
    gone bigint[];
    last_gone timestamptz;
begin
    if keep is null or keep < interval '1 hour' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The history cannot be kept for %L only: it takes 1 hour or more.', keep);
    end if;
    if not s3cache.at_home() then
        pruned := 0;
        return;
    end if;
    with old as materialized (
        select h.id
        from s3cache.job_history h
        where h.finished_at < moment - keep and h.finished_at >= coalesce(prune_history.after::timestamptz, '-infinity')
        order by h.finished_at
        limit max_jobs
        for update skip locked
    ), forgotten as (
        delete from s3cache.job_history h using old where h.id = old.id returning h.id, h.finished_at
    )
    select coalesce(array_agg(f.id), '{}'), max(f.finished_at) into gone, last_gone from forgotten f;
    delete from s3cache.staged_content s where s.job_id = any (gone);
    pruned := cardinality(gone);
    if pruned >= max_jobs then
        place := to_json(last_gone) #>> '{}';
    end if;
end
$$;
comment on function s3cache.prune_history(interval, integer, text) is
    'Forgets jobs that ended longer ago than keep, at most max_jobs at once, with the bytes that failed uploads among them had staged; gives their number and, where there may be more, the place to go on after: while a transaction is open that may still see them, each call from the beginning would pass all that were forgotten before. Nothing is forgotten in a restored copy that nobody resumed.';
