-- object: function s3cache.keep_copy(bigint, bigint, text, text, bigint, bigint, text, bytea, integer, integer)
create or replace function s3cache.keep_copy(
    job_id bigint, token bigint, url text, etag text, size bigint, modified bigint, content_type text, sha256 bytea,
    width integer default null, height integer default null) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    keeping s3cache.job;
    kept s3cache.local_copy;
    written_at timestamptz := timestamptz 'epoch' + modified * interval '1 microsecond';
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into keeping from s3cache.job j where j.id = keep_copy.job_id;
    update s3cache.local_copy c
    set url = keep_copy.url, kept_at = clock_timestamp()
    where c.job_id = keep_copy.job_id and c.kept_at is null
    returning c.* into kept;
    if not found then
        return;
    end if;
    -- The file may be gone, or another, by the time that S3 takes it.
    update s3cache.job j
    set args = j.args || jsonb_build_object('copy', kept.place)
    where j.id = keep_copy.job_id and j.kind = 'upload_file';
    loop
        update s3cache.object o
        set size = keep_copy.size, etag = keep_copy.etag, last_modified = written_at, storage_class = null,
            content_type = keep_copy.content_type, width = keep_copy.width, height = keep_copy.height,
            sha256 = keep_copy.sha256, state = 'present', location = 'local', verified_at = clock_timestamp()
        where o.cache_id = kept.cache_id and o.filename = kept.filename;
        exit when found;
        insert into s3cache.object (
            cache_id, filename, size, etag, last_modified, content_type, sha256, width, height, state, location, verified_at)
        values (
            kept.cache_id, kept.filename, keep_copy.size, keep_copy.etag, written_at, keep_copy.content_type,
            keep_copy.sha256, keep_copy.width, keep_copy.height, 'present', 'local', clock_timestamp())
        on conflict do nothing;
        exit when found;  -- else somebody added it in between: it is updated
    end loop;
    if not exists (
        select from s3cache.job r
        where r.serial_key = keeping.serial_key and r.kind = 'read' and r.state = 'queued' and r.id > keeping.id)
    then
        return;
    end if;
    -- Reads up to the next job that writes the object. A claim beside this one would mark them as standing behind what they need
    -- not wait for any more.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));
    update s3cache.job j
    set serial_key = null, merge_key = null, behind = false
    where j.id = any (array(
        select r.id
        from s3cache.job r
        where r.serial_key = keeping.serial_key and r.kind = 'read' and r.state = 'queued' and r.id > keeping.id
            and not exists (
                select from s3cache.job w
                where w.serial_key = keeping.serial_key and w.id > keeping.id and w.id < r.id and w.kind <> 'read')
            and not exists (
                select from s3cache.job w where w.second_key = keeping.serial_key and w.id > keeping.id and w.id < r.id)
        for update skip locked));
    if found then
        perform s3cache.wake_workers();
    end if;
end
$$;
comment on function s3cache.keep_copy(bigint, bigint, text, text, bigint, bigint, text, bytea, integer, integer) is
    'The copy that s3cache.plan_copy() planned is written and can be read at url: until S3 has taken the object, its row is present with the location local, and reads that wait for the upload go on; of a file it is what S3 gets later, whatever becomes of the file. modified is in microseconds since the Unix epoch. Does nothing if it was told before. Waits for a user''s transaction that holds the row, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
