-- object: function s3cache.note_copy(bigint, bigint, text, text)
create or replace function s3cache.note_copy(job_id bigint, token bigint, etag text, source_etag text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    update s3cache.job j set args = j.args || jsonb_build_object('copied', note_copy.etag, 'copied_from', note_copy.source_etag) where j.id = job_id;
end
$$;
comment on function s3cache.note_copy(bigint, bigint, text, text) is
    'The copy of an object that is renamed is safe under its new name and has this etag, and the object itself has source_etag: from here on the old one may go. Raises S3C01 if the claim is void.';
