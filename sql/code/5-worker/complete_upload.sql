-- object: function s3cache.complete_upload(bigint, bigint, text, bigint, bigint, text, text, bytea, integer, integer, boolean)
create or replace function s3cache.complete_upload(
    job_id bigint, token bigint, etag text, size bigint, modified bigint, storage_class text, content_type text,
    sha256 bytea, width integer default null, height integer default null, skipped boolean default false) returns void
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
    known_type text;
    known_width integer;
    known_height integer;
    known_sha256 bytea;
    written_at timestamptz := timestamptz 'epoch' + modified * interval '1 microsecond';
begin
    loop
        update s3cache.object o
        set size = complete_upload.size, etag = complete_upload.etag, last_modified = written_at,
            storage_class = complete_upload.storage_class,
            -- What is the same as before is known as well as before.
            content_type = coalesce(complete_upload.content_type,
                case when skipped and o.etag = complete_upload.etag then o.content_type end),
            width = coalesce(complete_upload.width,
                case when o.sha256 = complete_upload.sha256 or (skipped and o.etag = complete_upload.etag) then o.width end),
            height = coalesce(complete_upload.height,
                case when o.sha256 = complete_upload.sha256 or (skipped and o.etag = complete_upload.etag) then o.height end),
            sha256 = coalesce(complete_upload.sha256, case when skipped and o.etag = complete_upload.etag then o.sha256 end),
            state = 'present', location = 's3', verified_at = clock_timestamp()
        where o.cache_id = uploaded.cache_id and o.filename = uploaded_name
        returning o.content_type, o.width, o.height, o.sha256 into known_type, known_width, known_height, known_sha256;
        exit when found;
        insert into s3cache.object (
            cache_id, filename, size, etag, last_modified, storage_class, content_type, sha256, width, height, state, verified_at)
        values (
            uploaded.cache_id, uploaded_name, complete_upload.size, complete_upload.etag,
            written_at, complete_upload.storage_class, complete_upload.content_type,
            complete_upload.sha256, complete_upload.width, complete_upload.height, 'present', clock_timestamp())
        on conflict do nothing
        returning object.content_type, object.width, object.height, object.sha256
            into known_type, known_width, known_height, known_sha256;
        exit when found;  -- else somebody added it in between: it is updated
    end loop;
    -- What the bucket has made the object of; what else the job has begun is left over.
    delete from s3cache.unfinished_upload u
    where u.job_id = uploaded.id and (u.checkpoint ->> 'isCompleting')::boolean and not skipped;
    if not skipped then
        perform s3cache.settle_privacy(uploaded);
    end if;
    perform s3cache.hasten_pushes(uploaded.cache_id);
    if uploaded.kind = 'fetch' then
        perform s3cache.settle_fetch(uploaded);
    end if;
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object(
        'filename', uploaded_name, 'key', s3cache.object_key(uploaded.cache_id, uploaded_name), 'etag', etag,
        'url', s3cache.lasting_url_of(uploaded.cache_id, uploaded_name),
        'size', size, 'content_type', known_type, 'width', known_width, 'height', known_height,
        'sha256', encode(known_sha256, 'hex'), 'location', 's3') || case when skipped then '{"skipped": true}' else '{}' end::jsonb
            || jsonb_strip_nulls(jsonb_build_object('purge', uploaded.args -> 'purge'))]);
end
$$;
comment on function s3cache.complete_upload(bigint, bigint, text, bigint, bigint, text, text, bytea, integer, integer, boolean) is
    'S3 has acknowledged the bytes of an upload: its row becomes present, the staged bytes are freed and the job ends as done, also if it was to be cancelled. modified is in microseconds since the Unix epoch, NULL where it is not known; sha256, width and height are NULL where the object is not known to be what the job had. skipped: the object was there before and stayed. Waits for a user''s transaction that holds the row, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
