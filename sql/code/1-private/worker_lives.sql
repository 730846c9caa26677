-- object: function s3cache.worker_lives()
create or replace function s3cache.worker_lives() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from s3cache.worker w
        where w.heartbeat_at + w.lease > clock_timestamp() and s3cache.same_release(w.version) and not w.runs_pinned_only)
$$;
comment on function s3cache.worker_lives() is 'Whether any worker of the database''s version that runs what comes gave a sign of life within its lease.';
