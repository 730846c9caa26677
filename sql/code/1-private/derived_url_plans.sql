-- object: function s3cache.derived_url_plans(jsonb)
create or replace function s3cache.derived_url_plans(defaults jsonb) returns setof s3cache.url_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    given record;
    plan s3cache.url_plan;
begin
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
        plan := s3cache.url_place(given.id, given.own, defaults);
        plan.cache := given.name;
        plan.epoch := given.epoch;
        plan.ttl := ceil(extract(epoch from coalesce((given.own).presign_ttl, case
            when extract(epoch from (defaults ->> 'presign_ttl')::interval) <= 604800
                and extract(epoch from (defaults ->> 'presign_ttl')::interval) > extract(epoch from given.margin)
            then (defaults ->> 'presign_ttl')::interval
        end, interval '1 hour')));
        plan.margin := ceil(extract(epoch from given.margin));
        plan.reuse := floor(extract(epoch from coalesce((given.own).presign_reuse, case
            when extract(epoch from (defaults ->> 'presign_reuse')::interval) between 1 and 86400
            then (defaults ->> 'presign_reuse')::interval
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
        return next plan;
    end loop;
end
$$;
comment on function s3cache.derived_url_plans(jsonb) is
    'What s3cache.url_plan is to hold: a row for each cache, by its settings, the defaults that a worker published and the signing keys.';
