-- object: function s3cache.prune_content(integer)
create or replace function s3cache.prune_content(max_rows integer) returns integer
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
    pruned integer;
begin
    if not s3cache.at_home() then
        return 0;
    end if;
    with old as materialized (
        select k.job_id, k.first_byte
        from s3cache.kept_content k
        where k.kept_at <= moment - interval '1 hour'
            -- A read that takes longer has not ended yet.
            and not exists (select from s3cache.job j where j.id = k.job_id)
        order by k.kept_at
        limit max_rows
        for update skip locked
    )
    delete from s3cache.kept_content k using old where k.job_id = old.job_id and k.first_byte = old.first_byte;
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function s3cache.prune_content(integer) is
    'Forgets what reads fetched more than an hour ago, at most max_rows pieces at once; gives their number. To be called every few minutes. Nothing is forgotten in a restored copy that nobody resumed.';
