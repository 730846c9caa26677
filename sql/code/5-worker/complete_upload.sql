-- object: function s3cache.complete_upload(bigint, bigint, text, bigint, bigint, text, text, bytea, integer, integer, boolean)
create or replace function s3cache.complete_upload(
    job_id bigint, token bigint, etag text, size bigint, modified bigint, storage_class text, content_type text,
    sha256 bytea, width integer default null, height integer default null, skipped boolean default false) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if s3cache.complete_uploads(
        array[job_id], array[token], array[etag], array[size], array[modified], array[storage_class], array[content_type],
        array[complete_upload.sha256], array[width], array[height], array[skipped]) = '{}'
    then
        raise exception using
            errcode = 'S3C01',
            message = format('The claim on job %s is void: it was cancelled, or another worker has it.', job_id);
    end if;
end
$$;
comment on function s3cache.complete_upload(bigint, bigint, text, bigint, bigint, text, text, bytea, integer, integer, boolean) is
    'S3 has acknowledged the bytes of an upload: its row becomes present, the staged bytes are freed and the job ends as done, also if it was to be cancelled. modified is in microseconds since the Unix epoch, NULL where it is not known; sha256, width and height are NULL where the object is not known to be what the job had. skipped: the object was there before and stayed. Waits for a user''s transaction that holds the row, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
