-- object: function s3cache.invite_helpers(bigint, bigint)
create or replace function s3cache.invite_helpers(job_id bigint, token bigint) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
    rebuilt s3cache.job;
    helper record;
    helping bigint;
    invited integer := 0;
begin
    select j.* into strict rebuilt from s3cache.job j where j.id = held.job_id;
    for helper in
        select w.id
        from s3cache.worker w
        where w.id <> rebuilt.worker_id and w.state = 'running' and w.heartbeat_at + w.lease > clock_timestamp()
            and s3cache.same_release(w.version) and not w.runs_pinned_only
            -- One whose job has failed, for a reason that may have passed, is asked again: 3 times in all.
            and not exists (
                select
                from s3cache.rebuild_part p
                left join s3cache.job_history h on h.id = p.holder
                where p.job_id = rebuilt.id and p.helper = w.id and h.state is distinct from 'failed')
            and (select count(*) from s3cache.rebuild_part p where p.job_id = rebuilt.id and p.helper = w.id) < 3
        order by w.id
        limit greatest(0, 15 - (
            select count(*)
            from s3cache.rebuild_part p
            where p.job_id = rebuilt.id and p.helper is not null and exists (select from s3cache.job j where j.id = p.holder)))
    loop
        insert into s3cache.job (kind, cache_id, args, priority, max_attempts, pinned_to, owner)
        values ('rebuild_part', rebuilt.cache_id, jsonb_build_object('rebuild', rebuilt.id), rebuilt.priority, 1, helper.id,
            rebuilt.owner)
        returning id into helping;
        insert into s3cache.rebuild_part (job_id, part, holder, helper)
        select rebuilt.id, max(p.part) + 1, helping, helper.id from s3cache.rebuild_part p where p.job_id = rebuilt.id;
        invited := invited + 1;
    end loop;
    if invited > 0 then
        perform set_config('s3cache.wakes', 'at commit', true);
    end if;
    return invited;
end
$$;
comment on function s3cache.invite_helpers(bigint, bigint) is
    'Asks the other living workers, but for those that run pinned jobs only, to help a rebuild to list, 15 at a time, and each once, or up to three times where its job has failed: it gets a job of kind rebuild_part that only it may run. Gives how many were asked now. Raises as s3cache.listing_plan() does.';
