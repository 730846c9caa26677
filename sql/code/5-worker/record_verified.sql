-- object: function s3cache.record_verified(bigint, bigint, pg_snapshot, text[], boolean[], bigint[], text[], bigint[], text[], text[])
create or replace function s3cache.record_verified(
    job_id bigint, token bigint, fence pg_snapshot, filenames text[], present boolean[], sizes bigint[], etags text[],
    modified bigint[], storage_classes text[], content_types text[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    recorded s3cache.job;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into recorded from s3cache.job j where j.id = job_id;
    if recorded.kind = 'add' then
        -- Unless it was deleted since: HEAD may have come before.
        insert into s3cache.object (cache_id, filename, state, size, etag, last_modified, storage_class, content_type, verified_at)
        select recorded.cache_id, v.filename, 'present', v.size, v.etag, timestamptz 'epoch' + v.modified * interval '1 microsecond',
            v.storage_class, v.content_type, clock_timestamp()
        from unnest(filenames, present, sizes, etags, modified, storage_classes, content_types)
            as v (filename, present, size, etag, modified, storage_class, content_type)
        where v.present
            and not exists (select from s3cache.object o where o.cache_id = recorded.cache_id and o.filename = v.filename)
            and not exists (
                select from s3cache.tombstone t
                where t.cache_id = recorded.cache_id and t.filename = v.filename and s3cache.written_since(t.deleted_xid, fence))
        order by v.filename collate "C"
        on conflict do nothing;
    end if;
    update s3cache.object o
    set state = case when v.present then 'present' else 'missing' end,
        size = case when v.present then v.size else o.size end,
        etag = case when v.present then v.etag else o.etag end,
        -- HEAD tells seconds, a listing more: of contents that are still the same, what is finer is kept.
        last_modified = case
            when not v.present
                or (v.etag = o.etag and v.size = o.size
                    and date_trunc('second', o.last_modified) = timestamptz 'epoch' + v.modified * interval '1 microsecond')
            then o.last_modified
            else timestamptz 'epoch' + v.modified * interval '1 microsecond'
        end,
        storage_class = case when v.present then v.storage_class else o.storage_class end,
        -- What was known of other contents is not true any more.
        content_type = case
            when v.present then coalesce(v.content_type, case when v.etag = o.etag then o.content_type end)
            else o.content_type
        end,
        width = case when v.present and v.etag is distinct from o.etag then null else o.width end,
        height = case when v.present and v.etag is distinct from o.etag then null else o.height end,
        sha256 = case when v.present and v.etag is distinct from o.etag then null else o.sha256 end,
        verified_at = clock_timestamp()
    from unnest(filenames, present, sizes, etags, modified, storage_classes, content_types)
        as v (filename, present, size, etag, modified, storage_class, content_type)
    where o.cache_id = recorded.cache_id
        and o.filename = v.filename
        and o.location = 's3'
        and (pg_visible_in_snapshot(o.touched_xid, fence) or not s3cache.written_since(o.touched_xid, fence));
end
$$;
comment on function s3cache.record_verified(bigint, bigint, pg_snapshot, text[], boolean[], bigint[], text[], bigint[], text[], text[]) is
    'What HEAD said of rows: present with size, etag and so on, or missing. Of an add job also rows are added for what is there. Rows written after fence was taken are left alone, and so are those whose object S3 has not taken yet. modified is in microseconds since the Unix epoch; the arrays belong together by position. Raises S3C01 if the claim is void.';
