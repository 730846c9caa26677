-- object: function s3cache.note_absence(bigint, bigint)
create or replace function s3cache.note_absence(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    update s3cache.job j set args = j.args || '{"found_absent": true}' where j.id = job_id;
end
$$;
comment on function s3cache.note_absence(bigint, bigint) is
    'A worker found nothing under the name of an upload that replaces nothing, and is about to store its bytes there. Should it be lost, the next one takes equal bytes that it finds for the job''s own. Raises S3C01 if the claim is void.';
