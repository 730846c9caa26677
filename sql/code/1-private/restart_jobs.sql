-- object: function s3cache.restart_jobs(integer)
create or replace function s3cache.restart_jobs(cache_id integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- FOR UPDATE waits for what is being written under a claim, and keeps more from being written before we commit.
    begun bigint[] := array(
        select j.id
        from s3cache.job j
        where j.cache_id = restart_jobs.cache_id and (j.kind = 'rebuild' or j.state = 'running')
        for update);
begin
    perform s3cache.requeue_jobs(array(
        select j.id from s3cache.job j where j.id = any (begun) and j.state = 'running'));
    perform s3cache.end_listings(begun);
    delete from s3cache.job_progress p where p.job_id = any (begun);
end
$$;
comment on function s3cache.restart_jobs(integer) is
    'Makes the jobs of a cache that have begun begin anew, because it now means another bucket or prefix than the one they listed, wrote to or read from.';
