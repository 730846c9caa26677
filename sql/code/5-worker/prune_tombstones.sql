-- object: function s3cache.prune_tombstones(integer, text)
create or replace function s3cache.prune_tombstones(max_rows integer, after text default null, out pruned integer, out place text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the table was empty.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp();  -- a volatile function is no condition of an index
    pruned_cache integer;
    rebuilds text;
    needed_from timestamptz;
    gone integer;
    last_gone timestamptz;
    gone_of_events integer;
    last_gone_of_events timestamptz;
    -- The cache, and of its two kinds the time of the last one: NULL where none of the kind is left.
    from_cache constant integer := (after::jsonb ->> 0)::integer;
    from_plain constant timestamptz := (after::jsonb ->> 1)::timestamptz;
    from_events constant timestamptz := (after::jsonb ->> 2)::timestamptz;
begin
    pruned := 0;
    if not s3cache.at_home() then
        return;
    end if;
    for pruned_cache in select 1 union all select c.id from s3cache.created_cache c order by 1 loop
        continue when pruned_cache < from_cache;
        if pruned_cache <> 1 then
            -- Somebody is dropping it.
            perform from s3cache.created_cache c where c.id = pruned_cache for key share skip locked;
            continue when not found;
        end if;
        -- A rebuild from an inventory that begins sees what we forget, or we see it.
        continue when not pg_try_advisory_xact_lock(hashtextextended('s3cache.forgetting', pruned_cache));
        -- A deletion that was recorded before a rebuild was enqueued may be committed after it: not a day later.
        rebuilds := format('rebuild/%s', pruned_cache);
        needed_from := least(
            (select j.queued_at from s3cache.job j where j.serial_key = rebuilds and j.state = 'running') - interval '1 day',
            (select j.queued_at from s3cache.job j where j.serial_key = rebuilds and j.state <> 'running' order by j.id limit 1)
                - interval '1 day',
            (select min(l.as_of) from s3cache.rebuild_listing l join s3cache.job j on j.id = l.job_id where j.cache_id = pruned_cache));
        with old as materialized (
            select t.filename
            from s3cache.tombstone t
            where t.cache_id = pruned_cache and t.event_sequencer is null
                and t.deleted_at >= case when pruned_cache = from_cache then coalesce(from_plain, 'infinity') else '-infinity' end
                and t.deleted_at < least(moment - interval '1 day', needed_from)
            order by t.deleted_at
            limit max_rows - pruned
            for update skip locked
        ), forgotten as (
            delete from s3cache.tombstone t using old where t.cache_id = pruned_cache and t.filename = old.filename returning t.deleted_at
        )
        select count(*), max(f.deleted_at) into gone, last_gone from forgotten f;
        -- Those that know a sequencer also guard events that come late or twice, which queues hold for two weeks.
        with old as materialized (
            select t.filename
            from s3cache.tombstone t
            where t.cache_id = pruned_cache
                and t.deleted_at >= case when pruned_cache = from_cache then coalesce(from_events, '-infinity') else '-infinity' end
                and t.deleted_at < least(moment - interval '15 days', needed_from)
            order by t.deleted_at
            limit max_rows - pruned - gone
            for update skip locked
        ), forgotten as (
            delete from s3cache.tombstone t using old where t.cache_id = pruned_cache and t.filename = old.filename returning t.deleted_at
        )
        select count(*), max(f.deleted_at) into gone_of_events, last_gone_of_events from forgotten f;
        if gone + gone_of_events > 0 then
            insert into s3cache.cache_state as s (cache_id, deletions_forgotten_at)
            values (pruned_cache, greatest(last_gone, last_gone_of_events))
            on conflict (cache_id) do update
            set deletions_forgotten_at = greatest(s.deletions_forgotten_at, excluded.deletions_forgotten_at);
        end if;
        pruned := pruned + gone + gone_of_events;
        if pruned >= max_rows then
            place := json_build_array(pruned_cache, case when gone_of_events = 0 then last_gone end, last_gone_of_events)::text;
            exit;
        end if;
    end loop;
end
$$;
comment on function s3cache.prune_tombstones(integer, text) is
    'Drops tombstones that nothing needs any more, at most max_rows at once: after a day, or after 15 where an event is remembered, and not before the rebuilds of the cache that were live then have ended; gives their number and, where there may be more, the place to go on after, as s3cache.prune_history() does. To be called about once an hour. An inventory that is older than what was dropped is refused from then on. Nothing is dropped in a restored copy that nobody resumed.';
