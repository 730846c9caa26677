-- object: function s3cache.worker_lives()
create or replace function s3cache.worker_lives() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from s3cache.worker w where w.heartbeat_at + w.lease > clock_timestamp())
$$;
comment on function s3cache.worker_lives() is 'Whether any worker gave a sign of life within its lease.';
