-- object: function s3cache.hasten_pushes(integer)
create or replace function s3cache.hasten_pushes(answering_cache integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set plan_cache_mode = force_generic_plan
as $$
begin
    if not exists (select from s3cache.local_copy c where c.cache_id = answering_cache and c.ended_at is null) then
        return;
    end if;
    -- Those that wait longest first; each that gets through brings more.
    update s3cache.job j
    set run_at = clock_timestamp()
    where j.id = any (array(
        select w.id
        from s3cache.local_copy c
        join s3cache.job w on w.id = c.job_id
        where c.cache_id = answering_cache and c.ended_at is null and w.state = 'waiting' and w.run_at > clock_timestamp()
            -- What is refused while others are taken does not try again with each of them.
            and w.started_at < clock_timestamp() - interval '5 seconds'
        order by c.job_id
        limit 100
        for update of w skip locked));
    if found then
        perform s3cache.wake_workers();
    end if;
end
$$;
comment on function s3cache.hasten_pushes(integer) is
    'The store of a cache has taken an object: uploads that are served from copies, because it was away, need wait no longer, but for those that tried less than 5 s ago. At most 100 at once. Waits for nobody.';
