-- object: function s3cache.record_archived(bigint, bigint, text[], text[], bigint[], bigint[], text[], text[], text[], bigint[], bigint[])
create or replace function s3cache.record_archived(
    job_id bigint, token bigint, filenames text[], etags text[], sizes bigint[], modified bigint[], storage_classes text[],
    content_types text[], digests text[], widths bigint[], heights bigint[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    archived_into integer;
begin
    perform s3cache.hold_claim(job_id, token);
    archived_into := (select j.cache_id from s3cache.job j where j.id = job_id);
    loop
        with stored as (
            -- Two rows may have one file: what was stored last counts.
            select distinct on (s.filename) s.*
            from unnest(filenames, etags, sizes, modified, storage_classes, content_types, digests, widths, heights)
                with ordinality as s (filename, etag, size, modified, storage_class, content_type, digest, width, height, place)
            order by s.filename, s.place desc
        ), updated as (
            update s3cache.object o
            set size = s.size, etag = s.etag, last_modified = timestamptz 'epoch' + s.modified * interval '1 microsecond',
                storage_class = s.storage_class, content_type = s.content_type,
                -- What is the same as before is known as well as before.
                sha256 = coalesce(decode(s.digest, 'hex'), case when o.etag = s.etag then o.sha256 end),
                width = coalesce(s.width, case when o.etag = s.etag then o.width end),
                height = coalesce(s.height, case when o.etag = s.etag then o.height end), state = 'present', location = 's3', verified_at = clock_timestamp()
            from stored s
            where o.cache_id = archived_into and o.filename = s.filename
            returning o.filename
        )
        insert into s3cache.object (
            cache_id, filename, size, etag, last_modified, storage_class, content_type, sha256, width, height, state, verified_at)
        select archived_into, s.filename, s.size, s.etag, timestamptz 'epoch' + s.modified * interval '1 microsecond', s.storage_class,
            s.content_type, decode(s.digest, 'hex'), s.width, s.height, 'present', clock_timestamp()
        from stored s
        where s.filename not in (select u.filename from updated u)
        on conflict do nothing;
        -- Somebody may have added one in between: then it is updated.
        exit when not exists (
            select from unnest(filenames, etags) as s (filename, etag)
            where not exists (
                select from s3cache.object o
                where o.cache_id = archived_into and o.filename = s.filename and o.state = 'present'));
    end loop;
    -- What the bucket has made these objects of; what else the job has begun is left over at its end.
    delete from s3cache.unfinished_upload u
    where u.job_id = record_archived.job_id and (u.checkpoint ->> 'isCompleting')::boolean
        and u.object_key in (select s3cache.object_key(archived_into, f.name) from unnest(filenames) as f (name));
end
$$;
comment on function s3cache.record_archived(bigint, bigint, text[], text[], bigint[], bigint[], text[], text[], text[], bigint[], bigint[]) is
    'S3 has acknowledged the files of a batch, or that of an upload whose bound row refuses its URL: their rows become present. The arrays belong together by position; modified is in microseconds since the Unix epoch, digests are SHA-256 in hexadecimal digits. Waits for a user''s transaction that holds a row, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
