-- object: function s3cache.unregister_worker(bigint)
create or replace function s3cache.unregister_worker(worker bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- Who cancels several of the jobs in one transaction is not to be ended by a deadlock.
set lock_timeout = '500ms'
as $$
declare
    -- FOR UPDATE, unlike UPDATE, waits for what is still being written under a claim.
    held constant bigint[] := array(
        select j.id from s3cache.job j where j.worker_id = worker and j.state = 'running' for update);
begin
    perform s3cache.expect_late_writes(held, 'leaving');
    perform s3cache.requeue_jobs(held);
    delete from s3cache.worker w where w.id = worker;
    perform s3cache.wake_workers();
end
$$;
comment on function s3cache.unregister_worker(bigint) is
    'A worker leaves; jobs that it had not ended are handed back without spending an attempt. Raises lock_not_available, and hands nothing back, where a user''s transaction holds one of them for half a second: the caller tries again, or leaves them to be rescued.';
