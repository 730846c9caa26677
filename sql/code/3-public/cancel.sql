-- object: function s3cache.cancel(bigint)
create or replace function s3cache.cancel(job_id bigint) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    job_state text;
begin
    perform s3cache.require_own_job(job_id);
    -- Weak enough to wait neither for the worker's writes under its claim, nor to hold them up.
    select j.state into job_state from s3cache.job j where j.id = job_id for no key update;
    if not found then
        return false;
    elsif job_state = 'running' then
        update s3cache.job j set cancel_requested = true where j.id = job_id;
        perform pg_notify('s3cache_wake', 'cancel');
    else
        perform s3cache.end_jobs(array[job_id], 'cancelled');
    end if;
    return true;
end
$$;
comment on function s3cache.cancel(bigint) is
    'Cancels a job of yours: at once if it has not started, else its worker stops it and undoes nothing that it had written; what the bucket has acknowledged before is done. False if it had ended already.';
