-- object: function s3cache.cancel_claimed_job(bigint, bigint)
create or replace function s3cache.cancel_claimed_job(job_id bigint, token bigint) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running' and j.cancel_requested
    for update;
    if not found then
        return false;
    end if;
    perform s3cache.end_jobs(array[job_id], 'cancelled');
    return true;
end
$$;
comment on function s3cache.cancel_claimed_job(bigint, bigint) is
    'The worker has stopped a job that was to be cancelled; false if the token is void, or nobody asked for it.';
