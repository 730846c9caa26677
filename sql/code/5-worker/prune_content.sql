-- object: function s3cache.prune_content(integer, text)
create or replace function s3cache.prune_content(max_rows integer, after text default null, out pruned integer, out place text)
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
    last_gone timestamptz;
begin
    pruned := 0;
    if not s3cache.at_home() then
        return;
    end if;
    with old as materialized (
        select k.job_id, k.first_byte
        from s3cache.kept_content k
        where k.kept_at <= moment - interval '1 hour' and k.kept_at >= coalesce(prune_content.after::timestamptz, '-infinity')
            -- A read that takes longer has not ended yet.
            and not exists (select from s3cache.job j where j.id = k.job_id)
        order by k.kept_at
        limit max_rows
        for update skip locked
    ), forgotten as (
        delete from s3cache.kept_content k using old where k.job_id = old.job_id and k.first_byte = old.first_byte returning k.kept_at
    )
    select count(*), max(f.kept_at) into pruned, last_gone from forgotten f;
    if pruned >= max_rows then
        place := to_json(last_gone) #>> '{}';
    end if;
end
$$;
comment on function s3cache.prune_content(integer, text) is
    'Forgets what reads fetched more than an hour ago, at most max_rows pieces at once; gives their number and, where there may be more, the place to go on after, as s3cache.prune_history() does. To be called every few minutes. Nothing is forgotten in a restored copy that nobody resumed.';
