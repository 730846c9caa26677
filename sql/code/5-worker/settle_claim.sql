-- object: function s3cache.settle_claim(bigint, bigint)
create or replace function s3cache.settle_claim(job_id bigint, token bigint) returns s3cache.job
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the caller needs for its own, and also where a plan was made while the tables were empty.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    held s3cache.job;
begin
    select j.* into held
    from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running'
    for update;
    if not found then
        raise exception using
            errcode = 'S3C01',
            message = format('The claim on job %s is void: it was cancelled, or another worker has it.', job_id);
    end if;
    return held;
end
$$;
comment on function s3cache.settle_claim(bigint, bigint) is
    'Holds a job that is about to end, and gives it; raises S3C01 unless the fencing token is that of its present claim. Unlike s3cache.hold_claim(), also if it is to be cancelled: what the bucket has done already is recorded as done.';
