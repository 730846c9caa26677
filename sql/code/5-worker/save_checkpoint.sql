-- object: function s3cache.save_checkpoint(bigint, bigint, text, text, jsonb)
create or replace function s3cache.save_checkpoint(
    job_id bigint, token bigint, object_key text, upload_id text, checkpoint jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    insert into s3cache.unfinished_upload as u (job_id, cache_id, object_key, upload_id, checkpoint, claim_token)
    select j.id, j.cache_id, save_checkpoint.object_key, save_checkpoint.upload_id, save_checkpoint.checkpoint, token
    from s3cache.job j
    where j.id = save_checkpoint.job_id
    on conflict on constraint unfinished_upload_pkey do update
    set checkpoint = excluded.checkpoint, saved_at = clock_timestamp();
    -- What this claim was about to begin has its name now; what another one was stays to be looked for.
    delete from s3cache.unfinished_upload u
    where u.job_id = save_checkpoint.job_id and u.object_key = save_checkpoint.object_key and u.upload_id = ''
        and u.claim_token = token and save_checkpoint.upload_id <> '';
end
$$;
comment on function s3cache.save_checkpoint(bigint, bigint, text, text, jsonb) is
    'Keeps which parts of an upload the bucket has acknowledged: for the next attempt, and for whoever aborts what the job leaves over. upload_id is empty where the bucket is about to be asked for an upload. Raises S3C01 if the claim is void.';
