-- object: function s3cache.prune_fetch_failures(integer)
create or replace function s3cache.prune_fetch_failures(max_rows integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp() - interval '30 days';  -- a volatile function is no condition of an index
    pruned integer;
begin
    delete from s3cache.fetch_failure f
    where f.ctid = any (array(
        select o.ctid
        from s3cache.fetch_failure o
        where o.failed_at <= moment
        order by o.failed_at
        limit max_rows
        for update skip locked));
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function s3cache.prune_fetch_failures(integer) is
    'Forgets failed URLs that nobody asked for in 30 days, at most max_rows at once; gives their number. To be called about once an hour.';
