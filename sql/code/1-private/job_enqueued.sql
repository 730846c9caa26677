-- object: function s3cache.job_enqueued()
create or replace function s3cache.job_enqueued() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform s3cache.wake_workers();
    return null;
end
$$;
comment on function s3cache.job_enqueued() is
    'Trigger of s3cache.job: once a transaction, when it commits, wakes workers that are parked by then.';
