-- object: function s3cache.merge_repeated(bigint[])
create or replace function s3cache.merge_repeated(chosen bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each job is looked up.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run, and knowing the values makes none better.
set plan_cache_mode = force_generic_plan
as $$
declare
    repeated record;
    kept bigint[] := chosen;
begin
    -- The history, which somebody may have locked, is asked only where there is something to ask it.
    if not exists (select from s3cache.job j where j.id = any (chosen) and j.merge_key ^@ 'once/') then
        return chosen;
    end if;
    for repeated in
        select j.id, (
            select h.id
            from s3cache.job_history h
            where h.args ? 'idempotency_key' and h.args ->> 'idempotency_key' = j.args ->> 'idempotency_key'
                and h.cache_id = j.cache_id and h.owner = j.owner and h.state = 'done'
                -- Each bound row gets its URL.
                and h.args -> 'binding' is not distinct from j.args -> 'binding' and h.args -> 'row' is not distinct from j.args -> 'row'
                and not coalesce(h.result ? 'dry_run', false)
            order by h.id
            limit 1) as first_id
        from s3cache.job j
        where j.id = any (chosen) and j.merge_key ^@ 'once/'
    loop
        if repeated.first_id is not null then
            perform s3cache.end_jobs(array[repeated.id], 'superseded', null, null, repeated.first_id);
            kept := array_remove(kept, repeated.id);
        end if;
    end loop;
    return kept;
end
$$;
comment on function s3cache.merge_repeated(bigint[]) is
    'Ends those of the jobs that are about to be claimed whose work another one with the same idempotency key has done since they were enqueued, as superseded by it, and gives the others. The caller holds the rows.';
