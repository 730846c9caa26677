-- object: function s3cache.complete_read(bigint, bigint, bytea, text, text, bigint)
create or replace function s3cache.complete_read(
    job_id bigint, token bigint, content bytea, etag text, content_type text, kept bigint default 0) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    done s3cache.job;
    filename text;
    found_size bigint;
begin
    -- A claim beside this one would hold some of the equal reads, which would then be made once more.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));
    done := s3cache.settle_claim(job_id, token);
    filename := done.args ->> 'filename';
    -- What an earlier attempt has left over.
    delete from s3cache.kept_content k where k.job_id = complete_read.job_id and k.first_byte >= kept;
    if kept > 0 then
        -- The hour begins now for all of them.
        with renewed as (
            update s3cache.kept_content k set kept_at = clock_timestamp() where k.job_id = complete_read.job_id
            returning octet_length(k.content) as size
        )
        select coalesce(sum(r.size), 0) into found_size from renewed r;
        if found_size <> kept or content is null then
            raise exception using
                errcode = 'data_corrupted',
                message = format('Job %s has kept %s bytes of its object, and not the %s that it says.', job_id, found_size, kept);
        end if;
    end if;
    if content is not null then
        insert into s3cache.kept_content (job_id, first_byte, content) values (complete_read.job_id, kept, complete_read.content);
    end if;
    -- Who asked for the same meanwhile gets the same.
    perform s3cache.merge_into(job_id);
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object(
        'filename', filename, 'key', s3cache.object_key(done.cache_id, filename), 'found', content is not null,
        'size', kept + octet_length(content), 'etag', etag, 'content_type', content_type)]);
end
$$;
comment on function s3cache.complete_read(bigint, bigint, bytea, text, text, bigint) is
    'Ends a read as done: what it read is there for s3cache.content() from now on, content behind the first kept bytes that keep_piece() has; content NULL: the object does not exist. Queued reads of the same are superseded by it, up to the next upload or deletion of the object. Raises S3C01 if the claim is void.';
