-- object: function s3cache.make_dry_run(bigint, bigint)
create or replace function s3cache.make_dry_run(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    update s3cache.job j
    set args = j.args || '{"dry_run": true, "by_worker": true}'
    where j.id = job_id and not (j.args ->> 'dry_run')::boolean;
    update s3cache.rebuild_listing l set direct = false where l.job_id = make_dry_run.job_id and l.direct;
end
$$;
comment on function s3cache.make_dry_run(bigint, bigint) is
    'A rebuild is to be a dry run, because the worker that has it writes nothing (DRY_RUN); its result will say so. Raises S3C01 if the claim is void.';
