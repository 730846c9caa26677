-- object: function s3cache.may_copy(bigint, bigint, integer, pg_snapshot)
create or replace function s3cache.may_copy(job_id bigint, token bigint, cache_id integer, fence pg_snapshot) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: of many tombstones only those since the fence are read.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set plan_cache_mode = force_custom_plan
as $$
declare
    listed_at constant timestamptz := (select l.as_of from s3cache.rebuild_listing l where l.job_id = may_copy.job_id);
begin
    perform s3cache.hold_claim(job_id, token);
    -- Whoever deletes an object holds the same lock alone while recording it: the deletion is seen here, or sees our rows.
    perform pg_advisory_xact_lock_shared(hashtextextended('s3cache.deletion', may_copy.cache_id));
    return not exists (
            -- What events left there may be much, and old.
            select from s3cache.tombstone t
            where t.cache_id = may_copy.cache_id and t.deleted_xid >= pg_snapshot_xmin(fence)
                and not pg_visible_in_snapshot(t.deleted_xid, fence) and s3cache.written_since(t.deleted_xid, fence))
        and (listed_at is null or not exists (
            select from s3cache.tombstone t where t.cache_id = may_copy.cache_id and t.deleted_at > listed_at));
end
$$;
comment on function s3cache.may_copy(bigint, bigint, integer, pg_snapshot) is
    'Whether listed rows may be copied straight into an empty cache: not if an object was deleted after the listing began, or after the inventory was made. Raises S3C01 if the claim is void; holds claim and deletions until the transaction ends.';
