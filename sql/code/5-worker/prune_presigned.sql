-- object: function s3cache.prune_presigned(integer)
create or replace function s3cache.prune_presigned(max_rows integer) returns integer
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
    with old as materialized (
        select p.owner, p.cache_id, p.filename
        from s3cache.presigned_row p
        where p.expires_at <= moment
        order by p.expires_at
        limit max_rows
        for update skip locked
    )
    delete from s3cache.presigned_row p
    using old
    where p.owner = old.owner and p.cache_id = old.cache_id and p.filename = old.filename;
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function s3cache.prune_presigned(integer) is
    'Forgets URLs that have expired, at most max_rows at once; gives their number. To be called about once a minute.';
