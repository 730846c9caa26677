-- object: function s3cache.apply_slice(bigint, bigint)
create or replace function s3cache.apply_slice(job_id bigint, token bigint) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- The tables have no statistics worth the name here: a slice is looked up row by row, never by reading the cache.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    rebuilt integer;
    applied integer;
    as_of pg_snapshot;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.cache_id into rebuilt from s3cache.job j where j.id = job_id;
    select min(c.slice) into applied from s3cache.rebuild_change c where c.job_id = apply_slice.job_id;
    if applied is null then
        perform s3cache.require_whole_listing(job_id);
        return null;
    end if;
    select s.fence into strict as_of
    from s3cache.rebuild_slice s
    where s.job_id = apply_slice.job_id and s.slice = applied;
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', rebuilt));

    -- A row is overwritten or removed only if it was last written before its slice was listed.
    update s3cache.object o
    set size = c.size, etag = c.etag, last_modified = c.last_modified, storage_class = c.storage_class,
        state = 'present', location = 's3', verified_at = clock_timestamp()
    from s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.slice = applied and not c.remove
        and o.cache_id = rebuilt and o.filename = c.filename
        and (pg_visible_in_snapshot(o.touched_xid, as_of)
            or o.touched_xid >= pg_snapshot_xmax(pg_current_snapshot()));

    insert into s3cache.object (
        cache_id, filename, size, etag, last_modified, storage_class, state, verified_at)
    select rebuilt, c.filename, c.size, c.etag, c.last_modified, c.storage_class, 'present', clock_timestamp()
    from s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.slice = applied and not c.remove
        and not exists (select from s3cache.object o where o.cache_id = rebuilt and o.filename = c.filename)
        and not exists (
            select from s3cache.tombstone t
            where t.cache_id = rebuilt and t.filename = c.filename
                and not (pg_visible_in_snapshot(t.deleted_xid, as_of)
                    or t.deleted_xid >= pg_snapshot_xmax(pg_current_snapshot())))
    on conflict do nothing;

    delete from s3cache.object o
    using s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.slice = applied and c.remove
        and o.cache_id = rebuilt and o.filename = c.filename
        and (pg_visible_in_snapshot(o.touched_xid, as_of)
            or o.touched_xid >= pg_snapshot_xmax(pg_current_snapshot()));

    delete from s3cache.rebuild_change c where c.job_id = apply_slice.job_id and c.slice = applied;
    return applied;
end
$$;
comment on function s3cache.apply_slice(bigint, bigint) is
    'Writes the staged differences of a rebuild''s next slice into the cache, in the caller''s transaction; gives the slice''s number, NULL when none is left. Rows written after the slice was listed are left alone. Raises S3C01 if the claim is void.';
