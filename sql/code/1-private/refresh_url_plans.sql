-- object: function s3cache.refresh_url_plans()
create or replace function s3cache.refresh_url_plans() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    known jsonb;
    given record;
    plan s3cache.url_plan;
begin
    -- A worker's defaults outlive it here: until another one says otherwise, URLs stay what they were.
    select w.defaults into known
    from s3cache.worker w
    where w.heartbeat_at + w.lease > clock_timestamp()
    order by w.id
    limit 1;
    if found then
        update s3cache.published_default d set defaults = known, published_at = clock_timestamp() where d.defaults <> known;
        if not exists (select from s3cache.published_default d) then
            insert into s3cache.published_default (defaults) values (known);
        end if;
    else
        select d.defaults into known from s3cache.published_default d order by d.published_at desc limit 1;
    end if;

    delete from s3cache.url_plan u
    where u.cache_id <> 1 and not exists (select from s3cache.created_cache c where c.id = u.cache_id);
    for given in
        select c.id, c.name, s as own,
            coalesce(s.presign_margin, interval '5 minutes') as margin,
            coalesce((select e.url_epoch from s3cache.cache_state e where e.cache_id = c.id), 0) as epoch
        from (
            select 1 as id, 's3_image_cache' as name
            union all
            select n.id, n.name from s3cache.created_cache n
        ) c
        left join s3cache.cache_setting s on s.cache_id = c.id
        order by c.id
    loop
        plan := s3cache.url_place(given.id, given.own, known);
        plan.cache := given.name;
        plan.epoch := given.epoch;
        plan.ttl := ceil(extract(epoch from coalesce((given.own).presign_ttl, case
            when (known ->> 'presign_ttl')::interval <= interval '7 days' and (known ->> 'presign_ttl')::interval > given.margin
            then (known ->> 'presign_ttl')::interval
        end, interval '1 hour')));
        plan.margin := ceil(extract(epoch from given.margin));
        plan.reuse := floor(extract(epoch from coalesce((given.own).presign_reuse, case
            when (known ->> 'presign_reuse')::interval between interval '1 second' and interval '1 day'
            then (known ->> 'presign_reuse')::interval
        end, interval '1 day')));
        if plan.store = 's3' and plan.presign_mode = 'database' then
            plan := s3cache.with_signing_keys(plan, 'presign');
        end if;
        plan.signing := row(
            plan.cache_id, plan.longest, plan.heads is not null and plan.cdn_base is null and plan.access <> 'public',
            plan.cdn_base, case when plan.access = 'public' and plan.store = 's3' then plan.public_base end, plan.versioned,
            plan.origin, plan.base, plan.tail,
            plan.ttl, plan.margin, plan.reuse, plan.epoch, plan.first_day, plan.heads, plan.scopes, plan.inner_pads, plan.outer_pads,
            plan.token, plan.begins, plan.ends)::s3cache.signing_plan;
        -- Not written where nothing changed: nobody waits for anybody then.
        continue when exists (select from s3cache.url_plan u where u.cache_id = plan.cache_id and u.* is not distinct from plan);
        delete from s3cache.url_plan u where u.cache_id = plan.cache_id;
        insert into s3cache.url_plan select (plan).*;
    end loop;
end
$$;
comment on function s3cache.refresh_url_plans() is
    'Brings s3cache.url_plan up to date with settings, workers'' defaults and signing keys; run by a trigger wherever these change.';
