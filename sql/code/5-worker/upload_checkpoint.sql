-- object: function s3cache.upload_checkpoint(bigint, bigint, text)
create or replace function s3cache.upload_checkpoint(job_id bigint, token bigint, object_key text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    return (
        select u.checkpoint
        from s3cache.unfinished_upload u
        where u.job_id = upload_checkpoint.job_id and u.object_key = upload_checkpoint.object_key and u.upload_id <> ''
        order by u.begun_at desc
        limit 1);
end
$$;
comment on function s3cache.upload_checkpoint(bigint, bigint, text) is
    'How far an earlier attempt of the job has come in uploading in parts to this key; NULL if none has begun. Raises S3C01 if the claim is void.';
