-- object: function s3cache.trust_listing(bigint, bigint)
create or replace function s3cache.trust_listing(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
begin
    update s3cache.rebuild_listing l set trusted = true
    where l.job_id = held.job_id and held.holder = held.job_id and not l.trusted;
end
$$;
comment on function s3cache.trust_listing(bigint, bigint) is
    'The worker that runs a rebuild has made sure that the bucket lists from any key on: later attempts of the rebuild need not. What a helper has seen says nothing of the bucket as others reach it, and is not noted. Raises as s3cache.listing_plan() does.';
