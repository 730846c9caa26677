-- object: function s3cache.rescue_jobs()
create or replace function s3cache.rescue_jobs() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rescued integer;
begin
    rescued := s3cache.requeue_jobs(array(
        select j.id
        from s3cache.job j
        where j.state = 'running'
            and not exists (
                select from s3cache.worker w
                where w.id = j.worker_id and w.heartbeat_at + w.lease > clock_timestamp())
        for update of j skip locked));
    -- A dead worker without jobs is forgotten a while later, so that s3cache.workers shows it first.
    delete from s3cache.worker w
    where w.heartbeat_at + w.lease + interval '10 minutes' <= clock_timestamp()
        and not exists (select from s3cache.job j where j.worker_id = w.id and j.state = 'running');
    return rescued;
end
$$;
comment on function s3cache.rescue_jobs() is
    'Queues the jobs of dead workers again without spending an attempt; gives their number. Their old fencing tokens are void from then on.';
