-- object: function s3cache.wake_workers()
create or replace function s3cache.wake_workers() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from s3cache.worker w where w.parked and w.heartbeat_at + w.lease > clock_timestamp()
    ) then
        perform pg_notify('s3cache_wake', '');
    end if;
end
$$;
comment on function s3cache.wake_workers() is
    'Tells parked workers that there is work. Sends nothing while all are busy: every notifying commit takes a lock that all clients of the cluster share. Polling covers the races.';
