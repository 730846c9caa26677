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
    applied record;
    as_of pg_snapshot;
    -- Of an inventory: what is known from later is newer.
    listed_at timestamptz;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.cache_id into rebuilt from s3cache.job j where j.id = job_id;
    perform s3cache.require_whole_listing(job_id);
    select s.part, s.slice, s.fence into applied
    from s3cache.rebuild_slice s
    where s.job_id = apply_slice.job_id
        and exists (
            select from s3cache.rebuild_change c
            where c.job_id = apply_slice.job_id and c.part = s.part and c.slice = s.slice)
    order by s.part, s.slice
    limit 1;
    if not found then
        return null;
    end if;
    as_of := applied.fence;
    select l.as_of into listed_at from s3cache.rebuild_listing l where l.job_id = apply_slice.job_id;
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', rebuilt));

    -- A row is overwritten or removed only if it was last written before its slice was listed.
    update s3cache.object o
    set size = c.size, etag = c.etag, last_modified = c.last_modified, storage_class = c.storage_class,
        -- What was known of other contents is not true any more.
        content_type = case when o.etag = c.etag then o.content_type end,
        width = case when o.etag = c.etag then o.width end, height = case when o.etag = c.etag then o.height end,
        sha256 = case when o.etag = c.etag then o.sha256 end,
        state = 'present', location = 's3', verified_at = coalesce(listed_at, clock_timestamp())
    from s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.part = applied.part and c.slice = applied.slice and not c.remove
        and o.cache_id = rebuilt and o.filename = c.filename and o.location = 's3'
        and (pg_visible_in_snapshot(o.touched_xid, as_of) or not s3cache.written_since(o.touched_xid, as_of))
        and (listed_at is null
            or greatest(o.last_modified, case when o.state <> 'unverified' then coalesce(o.verified_at, o.updated_at) else o.updated_at end)
                <= listed_at);

    insert into s3cache.object (
        cache_id, filename, size, etag, last_modified, storage_class, state, verified_at)
    select rebuilt, c.filename, c.size, c.etag, c.last_modified, c.storage_class, 'present',
        coalesce(listed_at, clock_timestamp())
    from s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.part = applied.part and c.slice = applied.slice and not c.remove
        and not exists (select from s3cache.object o where o.cache_id = rebuilt and o.filename = c.filename)
        and not exists (
            select from s3cache.tombstone t
            where t.cache_id = rebuilt and t.filename = c.filename
                and (s3cache.written_since(t.deleted_xid, as_of) or t.deleted_at > listed_at))
    on conflict do nothing;

    delete from s3cache.object o
    using s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.part = applied.part and c.slice = applied.slice and c.remove
        and o.cache_id = rebuilt and o.filename = c.filename and o.location = 's3'
        and (pg_visible_in_snapshot(o.touched_xid, as_of) or not s3cache.written_since(o.touched_xid, as_of))
        and (listed_at is null
            or greatest(o.last_modified, case when o.state <> 'unverified' then coalesce(o.verified_at, o.updated_at) else o.updated_at end)
                <= listed_at);

    -- Its changes stay until the rebuild ends: the next look would have to pass what is deleted here.
    delete from s3cache.rebuild_slice s
    where s.job_id = apply_slice.job_id and (s.part, s.slice) <= (applied.part, applied.slice);
    return applied.slice;
end
$$;
comment on function s3cache.apply_slice(bigint, bigint) is
    'Writes the staged differences of a rebuild''s next slice into the cache, in the caller''s transaction; gives the slice''s number, NULL when none is left. Rows written after the slice was listed are left alone, and so are those whose object S3 has not taken yet, and rows and deletions that are newer than the inventory, where one is listed. Raises S3C01 if the claim is void, S3C02 unless everything has been listed.';
