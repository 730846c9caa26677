-- object: function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint)
create or replace function s3cache.end_jobs(
    ids bigint[], final_state text, results jsonb[] default null, errors text[] default null,
    superseded_by bigint default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    freed_keys text[];
    doubtful record;
begin
    with ended as (
        delete from s3cache.job j where j.id = any (ids) returning j.*
    ), freed as (
        insert into s3cache.freed_key (job_id, serial_key)
        select min(e.id), e.serial_key from ended e where e.serial_key ^@ 'object:' group by e.serial_key
        returning serial_key
    ), progress as (
        delete from s3cache.job_progress p where p.job_id = any (ids) returning p.job_id, p.done, p.total
    ), moved as (
        insert into s3cache.job_history (
            id, kind, cache_id, cache, args, state, priority, attempt, max_attempts, merge_key, serial_key, owner,
            queued_at, started_at, done, total, result, error, superseded_by)
        select e.id, e.kind, e.cache_id, s3cache.cache_name(e.cache_id), e.args, final_state, e.priority, e.attempt,
            e.max_attempts, e.merge_key, e.serial_key, e.owner, e.queued_at, e.started_at, p.done, p.total,
            results[array_position(ids, e.id)], errors[array_position(ids, e.id)], end_jobs.superseded_by
        from ended e
        left join progress p on p.job_id = e.id
    )
    select array_agg(f.serial_key) into freed_keys from freed f;

    -- A failed upload can be retried, and needs its bytes for that; not in a cache that was dropped.
    delete from s3cache.staged_content s
    where s.job_id = any (ids)
        and (final_state <> 'failed'
            or exists (
                select from s3cache.job_history h
                where h.id = s.job_id and h.cache_id <> 1
                    and not exists (select from s3cache.created_cache c where c.id = h.cache_id)));
    if final_state in ('failed', 'cancelled') then
        for doubtful in
            select h.cache_id, h.kind, h.args ->> 'filename' as filename
            from s3cache.job_history h
            where h.id = any (ids) and h.attempt > 0
        loop
            continue when doubtful.kind not in ('upload', 'delete_object');  -- as a condition it might choose another index
            perform s3cache.doubt_row(doubtful.cache_id, doubtful.filename);
        end loop;
    end if;
    -- What was behind them may be claimed.
    if final_state <> 'superseded' and freed_keys is not null
        and exists (select from s3cache.job j where j.serial_key = any (freed_keys))
    then
        perform s3cache.wake_workers();
    end if;
    delete from s3cache.rebuild_change c where c.job_id = any (ids);
    delete from s3cache.rebuild_slice s where s.job_id = any (ids);
    perform pg_notify('s3cache_done', id || ' ' || final_state) from unnest(ids) as id;
end
$$;
comment on function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint) is
    'Moves live jobs to the history in one of the final states, frees what they had staged, has the rows of uploads and deletions looked at that did not end well, and sends NOTIFY s3cache_done for each. The caller holds the rows and has checked their tokens.';
