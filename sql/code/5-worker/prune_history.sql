-- object: function s3cache.prune_history(interval, integer)
create or replace function s3cache.prune_history(keep interval, max_jobs integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
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
        where h.finished_at < clock_timestamp() - keep
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
