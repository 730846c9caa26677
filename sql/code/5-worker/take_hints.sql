-- object: function s3cache.take_hints(bigint, text[], bigint)
create or replace function s3cache.take_hints(worker bigint, hints text[], dropped bigint default 0) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    ignored bigint := dropped;
    hinted record;
    pending s3cache.job;
    common text;
    names text[];
    arguments jsonb;
    taken bigint := 0;
begin
    if cardinality(hints) > 10000 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot take %s hints at once: 10000 are the most.', cardinality(hints));
    end if;
    -- All workers hear the same; one of them acts.
    if exists (
        select from s3cache.worker w
        where w.listens and w.id < worker and w.state = 'running' and w.heartbeat_at + w.lease > clock_timestamp()
            and s3cache.same_release(w.version)
    ) then
        return 0;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('s3cache.hints', 0));
    for hinted in
        select c.id, h.asked ->> 'do' as kind, coalesce(s.hint_interval, interval '1 minute') as pause,
            coalesce(octet_length(s.prefix), 0) as prefix_length, count(*) as number,
            array_agg(distinct coalesce(h.asked ->> 'prefix', '') collate "C") as prefixes,
            array_agg(distinct h.asked ->> 'filename' collate "C") filter (where h.asked ? 'filename') as filenames
        from (select s3cache.parse_hint(t.text) as asked from unnest(hints) as t (text)) h
        join (
            select 1 as id, 's3_image_cache' as name
            union all
            select n.id, n.name from s3cache.created_cache n
        ) c on c.name = coalesce(h.asked ->> 'cache', 's3_image_cache')
        left join s3cache.cache_setting s on s.cache_id = c.id
        where coalesce(s.notify_hints, true)
            and ((h.asked ->> 'do' = 'rebuild' and octet_length(coalesce(h.asked ->> 'prefix', '')) <= 1024)
                or h.asked ->> 'do' = 'verify'
                or (h.asked ->> 'do' = 'add'
                    and s3cache.filename_problem(h.asked ->> 'filename', coalesce(octet_length(s.prefix), 0)) is null))
        group by 1, 2, 3, 4
        order by 1, 2
    loop
        taken := taken + hinted.number;
        select j.* into pending
        from s3cache.job j
        where j.hinted and j.cache_id = hinted.id and j.kind = hinted.kind and j.state <> 'running'
        order by j.id
        limit 1
        for update skip locked;  -- who cancels it makes no worker wait
        if hinted.kind = 'rebuild' then
            if pending.id is not null then
                hinted.prefixes := hinted.prefixes || (pending.args ->> 'prefix');
            end if;
            -- One job for all: the prefix that they have in common.
            common := (select min(p collate "C") from unnest(hinted.prefixes) as p);
            while exists (select from unnest(hinted.prefixes) as p where not p ^@ common) loop
                common := left(common, -1);
            end loop;
            arguments := jsonb_build_object('prefix', common, 'dry_run', false, 'force', false);
            if pending.id is null then
                perform s3cache.hint_job(hinted.id, 'rebuild', arguments, format('rebuild/%s/%s', hinted.id, arguments),
                    format('rebuild/%s', hinted.id), hinted.pause);
            elsif pending.args <> arguments then
                update s3cache.job j set args = arguments, merge_key = format('rebuild/%s/%s', hinted.id, arguments)
                where j.id = pending.id;
                -- What it had listed before its worker died or failed was of another prefix.
                perform s3cache.end_listings(array[pending.id]);
            end if;
        elsif hinted.kind = 'verify' then
            if pending.id is null then
                perform s3cache.hint_job(hinted.id, 'verify', '{}', format('verify/%s/{}', hinted.id), null, hinted.pause);
            end if;
        else
            names := array(
                select f from (
                    select distinct n collate "C" as f
                    from unnest(hinted.filenames || array(select jsonb_array_elements_text(pending.args -> 'filenames'))) as n
                ) u
                order by f
                limit 1000);
            if pending.id is null then
                ignored := ignored + cardinality(hinted.filenames) - cardinality(names);
                perform s3cache.hint_job(hinted.id, 'add', jsonb_build_object('filenames', names), null, null, interval '0');
            else
                update s3cache.job j set args = jsonb_build_object('filenames', names) where j.id = pending.id;
            end if;
        end if;
    end loop;
    ignored := ignored + cardinality(hints) - taken;
    if ignored > 0 then
        perform setval('s3cache.ignored_hint_seq', nextval('s3cache.ignored_hint_seq') + ignored - 1);
    end if;
    return ignored;
end
$$;
comment on function s3cache.take_hints(bigint, text[], bigint) is
    'Acts on notifications that a worker heard on the channel s3cache, at most 10000 at once, and gives the number of those that it ignored, dropped ones included: what is no hint, names no cache, or one whose notify_hints is off. Hints of a cache become one rebuild, not forced, at most every hint_interval; one verify, likewise; and one job that adds those files that exist, at most 1000 at a time. Gives 0 and does nothing where another worker is the one that takes them.';
