-- object: function s3cache.prune_fetch_failures(integer, text)
create or replace function s3cache.prune_fetch_failures(max_rows integer, after text default null, out pruned integer, out place text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp() - interval '30 days';  -- a volatile function is no condition of an index
    last_gone timestamptz;
begin
    with forgotten as (
        delete from s3cache.fetch_failure f
        where f.ctid = any (array(
            select o.ctid
            from s3cache.fetch_failure o
            where o.failed_at <= moment and o.failed_at >= coalesce(prune_fetch_failures.after::timestamptz, '-infinity')
            order by o.failed_at
            limit max_rows
            for update skip locked))
        returning f.failed_at
    )
    select count(*), max(g.failed_at) into pruned, last_gone from forgotten g;
    if pruned >= max_rows then
        place := to_json(last_gone) #>> '{}';
    end if;
end
$$;
comment on function s3cache.prune_fetch_failures(integer, text) is
    'Forgets failed URLs that nobody asked for in 30 days, at most max_rows at once; gives their number and, where there may be more, the place to go on after, as s3cache.prune_history() does. To be called about once an hour.';
