-- object: function s3cache.prune_presigned(integer)
create or replace function s3cache.prune_presigned(max_rows integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp();  -- a volatile function is no condition of an index
    pruned integer;
begin
    delete from s3cache.presigned_row p
    where p.ctid = any (array(
        select o.ctid
        from s3cache.presigned_row o
        where o.expires_at <= moment
        order by o.expires_at
        limit max_rows
        for update skip locked));
    get diagnostics pruned = row_count;
    return pruned;
end
$$;
comment on function s3cache.prune_presigned(integer) is
    'Forgets URLs that have expired, at most max_rows at once; gives their number. To be called about once a minute.';
