-- object: function s3cache.complete_rebuild(bigint, bigint, jsonb)
create or replace function s3cache.complete_rebuild(job_id bigint, token bigint, result jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rebuilt s3cache.job;
    told jsonb;
    listed_at timestamptz;
    has_removed boolean;
begin
    perform s3cache.hold_claim(job_id, token);
    perform s3cache.require_whole_listing(job_id);
    select j.* into rebuilt from s3cache.job j where j.id = job_id;
    select l.as_of into listed_at from s3cache.rebuild_listing l where l.job_id = rebuilt.id;
    select sum(p.removed) > 0 into has_removed from s3cache.rebuild_part p where p.job_id = rebuilt.id;
    if listed_at is not null then
        result := result || jsonb_build_object('as_of', listed_at);
    end if;
    -- How the bucket was listed is told by s3cache.stats() and by the worker's log.
    told := result - array['wasted_pages', 'ranges', 'retries', 'workers'];
    if rebuilt.args ? 'by_worker' then
        told := told || '{"dry_run": true}';
    end if;
    if rebuilt.args ->> 'prefix' = '' and listed_at is null and not (rebuilt.args ->> 'dry_run')::boolean then
        insert into s3cache.cache_state as s (cache_id, last_rebuild_at, last_rebuild)
        values (rebuilt.cache_id, clock_timestamp(), complete_rebuild.result)
        on conflict (cache_id) do update
        set last_rebuild_at = excluded.last_rebuild_at, last_rebuild = excluded.last_rebuild;
    end if;
    -- What a listing did not show has no tombstone.
    if not (rebuilt.args ->> 'dry_run')::boolean and (has_removed or (rebuilt.args ->> 'prefix' = '' and listed_at is null)) then
        insert into s3cache.cache_state as s (cache_id, deletions_forgotten_at)
        values (rebuilt.cache_id, coalesce(listed_at, clock_timestamp()))
        on conflict (cache_id) do update
        set deletions_forgotten_at = greatest(s.deletions_forgotten_at, excluded.deletions_forgotten_at);
    end if;
    -- Where table and bucket disagreed, they do no longer. What a report did not list has stayed.
    if not (rebuilt.args ->> 'dry_run')::boolean and listed_at is null then
        delete from s3cache.orphan_row o
        where o.cache_id = rebuilt.cache_id and o.filename ^@ (rebuilt.args ->> 'prefix');
    end if;
    perform s3cache.end_jobs(array[job_id], 'done', array[told]);
end
$$;
comment on function s3cache.complete_rebuild(bigint, bigint, jsonb) is
    'Ends a rebuild as done and keeps its result for s3cache.stats(), unless it was of a part or from an inventory; of one from an inventory the result also says what time that is as of. What s3cache.orphan had of the part that was listed goes, but after a dry run or an inventory. Raises S3C01 if the claim is void.';
