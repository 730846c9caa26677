-- object: function s3cache.written_since(xid8, pg_snapshot)
create or replace function s3cache.written_since(xid xid8, fence pg_snapshot) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- In a snapshot of its own: a statement that waited for a row meets transactions that are younger than its own snapshot.
    return not pg_visible_in_snapshot(xid, fence) and xid < pg_snapshot_xmax(pg_current_snapshot());
end
$$;
comment on function s3cache.written_since(xid8, pg_snapshot) is
    'Whether a committed transaction that wrote a row or a tombstone is not visible in the fence: what was found as of the fence is older then. Not so for an id that this cluster has not come to yet: it was restored with the row.';
