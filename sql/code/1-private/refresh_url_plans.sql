-- object: function s3cache.refresh_url_plans(boolean)
create or replace function s3cache.refresh_url_plans(patient boolean default true) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    lives boolean;
    known jsonb;
    plans s3cache.url_plan[];
begin
    for attempt in 1..2 loop
        -- A worker's defaults outlive it here: until another one says otherwise, URLs stay what they were.
        select w.defaults into known
        from s3cache.worker w
        where w.heartbeat_at + w.lease > clock_timestamp()
        order by w.id
        limit 1;
        lives := found;
        if not lives then
            select d.defaults into known from s3cache.published_default d order by d.published_at desc limit 1;
        end if;
        plans := array(select p from s3cache.derived_url_plans(known) p);
        -- Where nothing changed nobody waits for anybody.
        if not (lives and not exists (select from s3cache.published_default d where d.defaults = known))
            and not exists (
                select from unnest(plans) p
                where not exists (select from s3cache.url_plan u where u.cache_id = p.cache_id and u.* is not distinct from p.*))
            and not exists (
                select from s3cache.url_plan u
                where not exists (select from unnest(plans) p where p.cache_id = u.cache_id))
        then
            return;
        end if;
        -- Not by what others had not committed yet when we looked: whoever writes looks again, one after the other.
        if attempt = 1 then
            if patient then
                perform pg_advisory_xact_lock(hashtextextended('s3cache.signing_key', 0));
            elsif not pg_try_advisory_xact_lock(hashtextextended('s3cache.signing_key', 0)) then
                return;
            end if;
        end if;
    end loop;
    if lives then
        delete from s3cache.published_default d where d.defaults <> known;
        if not exists (select from s3cache.published_default d) then
            insert into s3cache.published_default (defaults) values (known);
        end if;
    end if;
    delete from s3cache.url_plan u
    where not exists (select from unnest(plans) p where p.cache_id = u.cache_id and u.* is not distinct from p.*);
    insert into s3cache.url_plan
    select p.* from unnest(plans) p
    where not exists (select from s3cache.url_plan u where u.cache_id = p.cache_id);
end
$$;
comment on function s3cache.refresh_url_plans(boolean) is
    'Brings s3cache.url_plan up to date with settings, workers'' defaults and signing keys; run by triggers wherever these change. Where something did, it waits for others that change plans, or leaves it to them if it is not patient.';
