-- object: function s3cache.release_next_jobs()
create or replace function s3cache.release_next_jobs() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp();
    any_on_two constant boolean := exists (select from s3cache.job j where j.second_key is not null);
    freed record;
    ended s3cache.late_write;
    next_id bigint;
    next_is_behind boolean;
    looked_at integer := 0;
begin
    -- Most have nothing behind them.
    delete from s3cache.freed_key f
    where coalesce(
        (select false from s3cache.job j where j.serial_key = f.serial_key limit 1),
        case when any_on_two then (select false from s3cache.job j where j.second_key = f.serial_key limit 1) end,
        (select false from s3cache.late_write l where l.serial_key = f.serial_key limit 1),
        true);
    for freed in
        select k.serial_key, array_agg(k.job_id) as ids
        from (
            select f.serial_key, f.job_id from s3cache.freed_key f
            union all
            select l.serial_key, null from s3cache.late_write l where l.until <= moment
        ) k
        -- Where a late write may still arrive, the key is looked at when that time is over.
        where not exists (select from s3cache.late_write l where l.serial_key = k.serial_key and l.until > moment)
        group by k.serial_key
    loop
        select j.id, j.behind into next_id, next_is_behind
        from s3cache.job j
        where j.serial_key = freed.serial_key
        order by j.id
        limit 1;
        if next_is_behind then
            perform from s3cache.job j where j.id = next_id for update skip locked;
            continue when not found;  -- someone is cancelling it: the next claim looks again
            update s3cache.job j set behind = false where j.id = next_id;
        end if;
        -- Those for which it is the second object: the claim finds out which of them comes first.
        if any_on_two then
            update s3cache.job j set behind = false
            where j.id = any (array(
                select b.id from s3cache.job b where b.second_key = freed.serial_key and b.behind for update skip locked));
            continue when exists (select from s3cache.job b where b.second_key = freed.serial_key and b.behind);
        end if;
        looked_at := looked_at + 1;
        -- One that is not behind frees the key anew when it ends. What was freed since the look is not deleted.
        delete from s3cache.freed_key f where f.job_id = any (freed.ids);
        delete from s3cache.late_write l where l.serial_key = freed.serial_key returning l.* into ended;
        -- The job that wrote has ended in the meantime, and with it went the doubt about the row.
        if found and not exists (
            select from s3cache.job j where j.serial_key = freed.serial_key and j.kind in ('upload', 'upload_file', 'fetch', 'delete_object', 'rename_object')
        ) then
            perform s3cache.doubt_row(ended.cache_id, ended.filename);
        end if;
        exit when looked_at = 1000;  -- the others at the next claim
    end loop;
end
$$;
comment on function s3cache.release_next_jobs() is
    'Where a job on an object ended, or the time in which a late write may arrive there, the next one on it is behind none any more. Runs under the claim lock, before jobs are claimed; at most 1000 objects at once. Waits for nobody, but that it doubts rows.';
