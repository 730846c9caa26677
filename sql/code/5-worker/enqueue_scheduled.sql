-- object: function s3cache.enqueue_scheduled()
create or replace function s3cache.enqueue_scheduled() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    due record;
    arguments constant jsonb := jsonb '{"prefix": "", "dry_run": false, "force": false}';
    wanted_merge_key text;
    moment timestamptz := clock_timestamp();
    enqueued integer := 0;
begin
    if not exists (select from s3cache.cache_setting s where s.rebuild_every is not null)
        and not exists (select from s3cache.rebuild_schedule r)
    then
        return 0;
    end if;
    -- A cache that is scheduled for the first time: its rebuild_every after the last rebuild, or now.
    insert into s3cache.rebuild_schedule (cache_id, due_at)
    select s.cache_id, greatest(moment, coalesce(c.last_rebuild_at + s.rebuild_every, moment))
    from s3cache.cache_setting s
    left join s3cache.cache_state c on c.cache_id = s.cache_id
    where s.rebuild_every is not null and not exists (select from s3cache.rebuild_schedule r where r.cache_id = s.cache_id)
    on conflict do nothing;
    for due in
        select r.cache_id, r.due_at, s.rebuild_every
        from s3cache.rebuild_schedule r
        left join s3cache.cache_setting s on s.cache_id = r.cache_id
        where s.rebuild_every is null or r.due_at <= moment or r.due_at > moment + s.rebuild_every
        for update of r skip locked
    loop
        if due.rebuild_every is null then
            delete from s3cache.rebuild_schedule r where r.cache_id = due.cache_id;
        elsif due.due_at > moment then
            -- It was made more frequent.
            update s3cache.rebuild_schedule r set due_at = moment + due.rebuild_every where r.cache_id = due.cache_id;
        else
            wanted_merge_key := format('rebuild/%s/%s', due.cache_id, arguments);
            if not exists (select from s3cache.job j where j.merge_key = wanted_merge_key and j.state <> 'running')
                and not exists (select from s3cache.job j where j.merge_key = wanted_merge_key and j.state = 'running')
            then
                insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, owner, priority)
                values ('rebuild', due.cache_id, arguments, wanted_merge_key, format('rebuild/%s', due.cache_id), s3cache.caller(), 10);
                enqueued := enqueued + 1;
            end if;
            -- On the grid that the first one set: neither does it drift, nor is what was missed made up for.
            update s3cache.rebuild_schedule r
            set due_at = due.due_at + (1 + floor(extract(epoch from moment - due.due_at) / extract(epoch from due.rebuild_every)))
                * due.rebuild_every
            where r.cache_id = due.cache_id;
        end if;
    end loop;
    return enqueued;
end
$$;
comment on function s3cache.enqueue_scheduled() is
    'Enqueues the rebuilds that rebuild_every asks for and gives their number: one for each cache that is due, unless one is queued or runs. Run at claims, of which there is one at a time in the database, where others do not fill them, and now and then; waits for nobody.';
