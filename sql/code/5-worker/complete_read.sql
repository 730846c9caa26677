-- object: function s3cache.complete_read(bigint, bigint, bytea, text, text)
create or replace function s3cache.complete_read(
    job_id bigint, token bigint, content bytea, etag text, content_type text) returns void
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
begin
    -- A claim beside this one would hold some of the equal reads, which would then be made once more.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));
    done := s3cache.settle_claim(job_id, token);
    filename := done.args ->> 'filename';
    if content is not null then
        insert into s3cache.kept_content (job_id, content) values (complete_read.job_id, complete_read.content);
    end if;
    -- Who asked for the same meanwhile gets the same.
    perform s3cache.merge_into(job_id);
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object(
        'filename', filename, 'key', s3cache.object_key(done.cache_id, filename), 'found', content is not null,
        'size', octet_length(content), 'etag', etag, 'content_type', content_type)]);
end
$$;
comment on function s3cache.complete_read(bigint, bigint, bytea, text, text) is
    'Ends a read as done and keeps what it read for s3cache.content(); content NULL: the object does not exist. Queued reads of the same are superseded by it, up to the next upload or deletion of the object. Raises S3C01 if the claim is void.';
