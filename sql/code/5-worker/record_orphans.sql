-- object: function s3cache.record_orphans(bigint, bigint)
create or replace function s3cache.record_orphans(job_id bigint, token bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    looked_at s3cache.job;
    recorded bigint;
    listed_at timestamptz;
begin
    perform s3cache.hold_claim(job_id, token);
    perform s3cache.require_whole_listing(job_id);
    select j.* into looked_at from s3cache.job j where j.id = job_id;
    select l.as_of into listed_at from s3cache.rebuild_listing l where l.job_id = record_orphans.job_id;
    delete from s3cache.orphan_row o
    where o.cache_id = looked_at.cache_id and o.filename ^@ (looked_at.args ->> 'prefix');
    insert into s3cache.orphan_row (cache_id, filename, problem, size, last_modified, job_id)
    select looked_at.cache_id, c.filename, case when c.remove then 'object gone' else 'no row' end, c.size,
        c.last_modified, looked_at.id
    from s3cache.rebuild_change c
    join s3cache.rebuild_slice s on s.job_id = c.job_id and s.part = c.part and s.slice = c.slice
    where c.job_id = looked_at.id
        and (c.remove
            or (not exists (
                    select from s3cache.object o where o.cache_id = looked_at.cache_id and o.filename = c.filename)
                and not exists (
                    select from s3cache.tombstone t
                    where t.cache_id = looked_at.cache_id and t.filename = c.filename
                        and (s3cache.written_since(t.deleted_xid, s.fence) or t.deleted_at > listed_at))));
    get diagnostics recorded = row_count;
    return recorded;
end
$$;
comment on function s3cache.record_orphans(bigint, bigint) is
    'Ends a dry run: the staged differences become the rows of s3cache.orphan, in place of the last dry run''s; gives their number. Raises S3C01 if the claim is void.';
