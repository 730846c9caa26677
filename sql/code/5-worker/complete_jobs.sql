-- object: function s3cache.complete_jobs(bigint[], bigint[], jsonb[])
create or replace function s3cache.complete_jobs(ids bigint[], tokens bigint[], results jsonb[]) returns bigint[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Row by row, also by a plan that was made while the tables were empty.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    held bigint[];
    held_results jsonb[];
begin
    with locked as materialized (
        select j.id, c.result
        from unnest(ids, tokens, results) as c (id, token, result)
        join s3cache.job j on j.id = c.id
        where j.claim_token = c.token
        for update of j
    )
    select coalesce(array_agg(l.id), '{}'), array_agg(l.result) into held, held_results from locked l;
    perform s3cache.end_jobs(held, 'done', held_results);
    return held;
end
$$;
comment on function s3cache.complete_jobs(bigint[], bigint[], jsonb[]) is
    'Ends jobs as done with their results, all in one statement; gives the ids of those whose token was still good. The three arrays belong together by position.';
