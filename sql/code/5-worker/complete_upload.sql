-- object: function s3cache.complete_upload(bigint, bigint, text, bigint, bigint, text, text, bytea)
create or replace function s3cache.complete_upload(
    job_id bigint, token bigint, etag text, size bigint, modified bigint, storage_class text, content_type text,
    sha256 bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    uploaded s3cache.job := s3cache.settle_claim(job_id, token);
    uploaded_name text := uploaded.args ->> 'filename';
    written_at timestamptz := timestamptz 'epoch' + modified * interval '1 microsecond';
begin
    loop
        update s3cache.object o
        set size = complete_upload.size, etag = complete_upload.etag, last_modified = written_at,
            storage_class = complete_upload.storage_class, content_type = complete_upload.content_type,
            width = case when o.sha256 = complete_upload.sha256 then o.width end,
            height = case when o.sha256 = complete_upload.sha256 then o.height end,
            sha256 = complete_upload.sha256, state = 'present', location = 's3', verified_at = clock_timestamp()
        where o.cache_id = uploaded.cache_id and o.filename = uploaded_name;
        exit when found;
        insert into s3cache.object (
            cache_id, filename, size, etag, last_modified, storage_class, content_type, sha256, state, verified_at)
        values (
            uploaded.cache_id, uploaded_name, complete_upload.size, complete_upload.etag,
            written_at, complete_upload.storage_class, complete_upload.content_type,
            complete_upload.sha256, 'present', clock_timestamp())
        on conflict do nothing;
        exit when found;  -- else somebody added it in between: it is updated
    end loop;
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object(
        'filename', uploaded_name, 'key', s3cache.object_key(uploaded.cache_id, uploaded_name), 'etag', etag,
        'url', (
            select s3cache.unsigned_url_of(u.cache_id, uploaded_name, (u.signing).cdn_base, (u.signing).public_base, u.versioned)
            from s3cache.url_plan u
            where u.cache_id = uploaded.cache_id),
        'size', size, 'content_type', content_type, 'width', null, 'height', null, 'sha256', encode(sha256, 'hex'),
        'location', 's3')]);
end
$$;
comment on function s3cache.complete_upload(bigint, bigint, text, bigint, bigint, text, text, bytea) is
    'S3 has acknowledged the bytes of an upload: its row becomes present, the staged bytes are freed and the job ends as done, also if it was to be cancelled. modified is in microseconds since the Unix epoch, NULL where it is not known. Waits for a user''s transaction that holds the row, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
