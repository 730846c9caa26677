-- object: function s3cache.rescue_jobs()
create or replace function s3cache.rescue_jobs() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    lost bigint[] := array(
        select j.id
        from s3cache.job j
        where j.state = 'running'
            and (not exists (
                    select from s3cache.worker w
                    where w.id = j.worker_id and w.heartbeat_at + w.lease > clock_timestamp())
                or greatest(j.started_at, (select p.updated_at from s3cache.job_progress p where p.job_id = j.id))
                    + j.time_limit <= clock_timestamp())
        for update of j skip locked);
    poisonous bigint[];
    rescued integer := 0;
begin
    if cardinality(lost) > 0 then
        perform s3cache.expect_late_writes(lost, 'dead');
        update s3cache.job j set worker_deaths = j.worker_deaths + 1 where j.id = any (lost);
        poisonous := array(
            select j.id from s3cache.job j
            where j.id = any (lost) and j.worker_deaths >= 3 and not j.cancel_requested);
        if cardinality(poisonous) > 0 then
            perform s3cache.end_jobs(poisonous, 'failed',
                array_fill('{"error": {"code": "poison", "retryable": false}}'::jsonb, array[cardinality(poisonous)]),
                array_fill('Three workers died or stood still while they ran this job; look into their logs, then SELECT s3cache.retry(id) runs it again.'::text,
                    array[cardinality(poisonous)]));
        end if;
        rescued := s3cache.requeue_jobs(lost);
    end if;
    -- What only one worker may run nobody will run when that is gone.
    if exists (select from s3cache.job j where j.pinned_to is not null) then
        perform s3cache.end_jobs(array(
            select j.id
            from s3cache.job j
            where j.pinned_to is not null and j.state <> 'running'
                and not exists (
                    select from s3cache.worker w
                    where w.id = j.pinned_to and w.heartbeat_at + w.lease > clock_timestamp() and s3cache.same_release(w.version))
            for update of j skip locked), 'cancelled');
    end if;
    -- A dead worker without jobs is forgotten a while later, so that s3cache.workers shows it first.
    if exists (select from s3cache.worker w where w.heartbeat_at + w.lease + interval '10 minutes' <= clock_timestamp()) then
        delete from s3cache.worker w
        where w.heartbeat_at + w.lease + interval '10 minutes' <= clock_timestamp()
            and not exists (select from s3cache.job j where j.worker_id = w.id and j.state = 'running');
    end if;
    return rescued;
end
$$;
comment on function s3cache.rescue_jobs() is
    'Queues the jobs of dead workers, and those without progress for their time_limit, again without spending an attempt, and gives their number; what was lost for the third time fails with code poison, and what is pinned to a worker that is gone is cancelled. Old fencing tokens are void from then on. On objects that they were writing to no job is claimed before what their worker sent can have no effect any more.';
