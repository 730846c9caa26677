-- object: function s3cache.prune_presigned(integer)
create or replace function s3cache.prune_presigned(max_rows integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    pruned integer;
begin
    with old as materialized (
        select p.owner, p.cache_id, p.filename
        from s3cache.presigned_row p
        where p.expires_at <= clock_timestamp()
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
