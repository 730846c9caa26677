-- object: function s3cache.restart_rebuilds(integer)
create or replace function s3cache.restart_rebuilds(cache_id integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- FOR UPDATE waits for what is being written under a claim, and keeps more from being written before we commit.
    live bigint[] := array(
        select j.id
        from s3cache.job j
        where j.cache_id = restart_rebuilds.cache_id and j.kind = 'rebuild'
        for update);
begin
    perform s3cache.requeue_jobs(array(
        select j.id from s3cache.job j where j.id = any (live) and j.state = 'running'));
    delete from s3cache.rebuild_change c where c.job_id = any (live);
    delete from s3cache.rebuild_slice s where s.job_id = any (live);
end
$$;
comment on function s3cache.restart_rebuilds(integer) is
    'Makes the live rebuilds of a cache begin anew, because it now means another bucket or prefix than the one they listed.';
