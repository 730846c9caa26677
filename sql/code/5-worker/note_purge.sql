-- object: function s3cache.note_purge(bigint, bigint, text)
create or replace function s3cache.note_purge(job_id bigint, token bigint, outcome text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform s3cache.settle_claim(job_id, token);
    update s3cache.job j set args = j.args || jsonb_build_object('purge', note_purge.outcome) where j.id = job_id;
end
$$;
comment on function s3cache.note_purge(bigint, bigint, text) is
    'The worker''s purge command was run for the object that a job has replaced, renamed or deleted, and ended so: done or failed. The job''s result will say it. Also if the job is to be cancelled. Raises S3C01 if the claim is void.';
