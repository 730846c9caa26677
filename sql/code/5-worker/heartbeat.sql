-- object: function s3cache.heartbeat(bigint, text, bigint[])
create or replace function s3cache.heartbeat(worker bigint, worker_state text, running bigint[] default '{}')
returns bigint[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    update s3cache.worker w
    set heartbeat_at = clock_timestamp(), state = worker_state
    where w.id = worker;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('Worker %s is not registered any more: it was away for longer than its lease.', worker);
    end if;
    return array(
        select j.id from s3cache.job j where j.worker_id = worker and j.state = 'running' and j.cancel_requested
        union all
        select r.id from unnest(running) as r (id)
        where not exists (
            select from s3cache.job j where j.id = r.id and j.worker_id = worker and j.state = 'running'));
end
$$;
comment on function s3cache.heartbeat(bigint, text, bigint[]) is
    'A worker''s sign of life (worker_state: running or draining); gives the ids of jobs that it is to stop: its own that are to be cancelled, and those of running, which it says it runs, that are not its own any more. Raises no_data_found if the worker was given up: then its claims are void.';
