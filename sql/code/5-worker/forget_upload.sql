-- object: function s3cache.forget_upload(bigint, text, text)
create or replace function s3cache.forget_upload(job_id bigint, object_key text, upload_id text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    delete from s3cache.unfinished_upload u
    where u.job_id = forget_upload.job_id and u.object_key = forget_upload.object_key and u.upload_id = forget_upload.upload_id
        and not exists (select from s3cache.job j where j.id = u.job_id);
end
$$;
comment on function s3cache.forget_upload(bigint, text, text) is
    'Forgets an upload in parts that a job left over and that is aborted by now.';
