-- object: function s3cache.complete_rebuild(bigint, bigint, jsonb)
create or replace function s3cache.complete_rebuild(job_id bigint, token bigint, result jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rebuilt s3cache.job;
begin
    perform s3cache.hold_claim(job_id, token);
    perform s3cache.require_whole_listing(job_id);
    select j.* into rebuilt from s3cache.job j where j.id = job_id;
    if rebuilt.args ->> 'prefix' = '' and not (rebuilt.args ->> 'dry_run')::boolean then
        insert into s3cache.cache_state as s (cache_id, last_rebuild_at, last_rebuild)
        values (rebuilt.cache_id, clock_timestamp(), complete_rebuild.result)
        on conflict (cache_id) do update
        set last_rebuild_at = excluded.last_rebuild_at, last_rebuild = excluded.last_rebuild;
    end if;
    -- Tombstones guard listings that began before the deletion; none is older than the oldest slice of a live rebuild.
    delete from s3cache.tombstone t
    where t.cache_id = rebuilt.cache_id and t.deleted_at < clock_timestamp() - interval '1 day'
        and not exists (
            select from s3cache.job j
            where j.kind = 'rebuild' and j.cache_id = t.cache_id and j.id <> rebuilt.id and j.queued_at < t.deleted_at);
    perform s3cache.end_jobs(array[job_id], 'done', array[complete_rebuild.result]);
end
$$;
comment on function s3cache.complete_rebuild(bigint, bigint, jsonb) is
    'Ends a rebuild as done and keeps its result for s3cache.stats(). Raises S3C01 if the claim is void.';
