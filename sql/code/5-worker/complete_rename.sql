-- object: function s3cache.complete_rename(bigint, bigint, text, bigint, bigint, text, text)
create or replace function s3cache.complete_rename(
    job_id bigint, token bigint, etag text, size bigint, modified bigint, storage_class text, content_type text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    renamed s3cache.job := s3cache.settle_claim(job_id, token);
    old_name text := renamed.args ->> 'filename';
    new_name text := renamed.args ->> 'new_filename';
    before s3cache.object;
    written_at timestamptz := timestamptz 'epoch' + modified * interval '1 microsecond';
begin
    -- As s3cache.complete_deletion() does.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', renamed.cache_id));
    insert into s3cache.tombstone as t (cache_id, filename)
    values (renamed.cache_id, old_name)
    on conflict on constraint tombstone_pkey do update
    set deleted_xid = excluded.deleted_xid, deleted_at = excluded.deleted_at;
    delete from s3cache.object o
    where o.cache_id = renamed.cache_id and o.filename = old_name
    returning o.* into before;
    if (before.etag = renamed.args ->> 'copied_from') is not true then
        -- What it says is of other contents than were copied.
        before.content_type := null;
        before.width := null;
        before.height := null;
        before.sha256 := null;
    end if;
    loop
        update s3cache.object o
        set size = complete_rename.size, etag = complete_rename.etag, last_modified = written_at,
            storage_class = complete_rename.storage_class, content_type = coalesce(complete_rename.content_type, before.content_type),
            width = before.width, height = before.height, sha256 = before.sha256,
            state = 'present', location = 's3', verified_at = clock_timestamp()
        where o.cache_id = renamed.cache_id and o.filename = new_name;
        exit when found;
        insert into s3cache.object (
            cache_id, filename, created_at, size, etag, last_modified, storage_class, content_type, sha256, width, height, state,
            verified_at)
        values (
            renamed.cache_id, new_name, coalesce(before.created_at, now()), complete_rename.size, complete_rename.etag, written_at,
            complete_rename.storage_class, coalesce(complete_rename.content_type, before.content_type), before.sha256, before.width,
            before.height, 'present', clock_timestamp())
        on conflict do nothing;
        exit when found;  -- else somebody added it in between: it is updated
    end loop;
    perform s3cache.settle_privacy(renamed);
    -- The copy in parts that this claim made; what one before it had begun is left over.
    delete from s3cache.unfinished_upload u
    where u.job_id = renamed.id and u.upload_id = '' and u.claim_token = complete_rename.token;
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object(
        'filename', new_name, 'key', s3cache.object_key(renamed.cache_id, new_name), 'etag', etag,
        'url', s3cache.lasting_url_of(renamed.cache_id, new_name),
        'size', size, 'content_type', coalesce(complete_rename.content_type, before.content_type), 'width', before.width,
        'height', before.height, 'sha256', encode(before.sha256, 'hex'), 'location', 's3')
            || jsonb_strip_nulls(jsonb_build_object('purge', renamed.args -> 'purge'))]);
end
$$;
comment on function s3cache.complete_rename(bigint, bigint, text, bigint, bigint, text, text) is
    'S3 has the object under its new name and not under the old one any more: the row follows, with what is known of the content that was copied, a tombstone keeps older listings from bringing the old one back, and the job ends as done, also if it was to be cancelled. modified is in microseconds since the Unix epoch. Waits for a user''s transaction that holds the rows, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
