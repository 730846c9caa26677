-- object: function s3cache.apply_news(integer, integer, jsonb)
create or replace function s3cache.apply_news(told_cache integer, place integer, news jsonb) returns integer[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- The tables have no statistics worth the name here: news are looked up row by row, never by reading the cache.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    -- By filename. The statements below look names up in it, for a join might begin with the rows of the cache, whose number the
    -- planner may take for small while they are many.
    decided jsonb;
    counted integer[];
    changed text[];
    missed text[];
    removed text[];
    added text[];
    met boolean;
begin
    -- Events of a cache are applied one call after the other. A rebuild that writes what it listed before holds the same lock: it
    -- sees our tombstones, or we see its rows.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', told_cache));
    -- All rows that there are, before anything is decided by them, and in the order in which workers take them too: so none of
    -- two waits for the other while that waits for it.
    perform 1
    from s3cache.object o
    where o.cache_id = told_cache and o.filename = any (array(select n.one ->> 'filename' from jsonb_array_elements(news) as n (one)))
    order by o.filename
    for update;

    with fresh as (
        select n.number, n.filename, n.meaning, n.size, n.etag, n.happened_at, n.sequencer collate "C" as sequencer, k.known,
            o.id is not null as held, o.state, o.size as held_size, o.etag as held_etag, o.last_modified,
            o.event_place = place and o.event_xid = o.touched_xid as is_as_left,
            t.filename is not null and (t.event_place = place and t.event_xid = t.deleted_xid) is not true as is_deleted_unordered
        from jsonb_to_recordset(news) as n (
            number integer, filename text, meaning text, size bigint, etag text, happened_at timestamptz, sequencer text)
        left join s3cache.object o on o.cache_id = told_cache and o.filename = n.filename
        left join s3cache.tombstone t on t.cache_id = told_cache and t.filename = n.filename
        cross join lateral (
            select greatest(
                case when o.event_place = place then o.event_sequencer end,
                case when t.event_place = place then t.event_sequencer end) as known
        ) k
        where n.sequencer is null or k.known is null or n.sequencer > k.known
    ), ranked as (
        select f.*,
            row_number() over (partition by f.filename order by f.sequencer desc nulls last, f.number desc) as age,
            row_number() over (partition by f.filename, f.sequencer order by f.number) as repetition,
            bool_or(f.sequencer is null) over (partition by f.filename) as is_unordered
        from fresh f
    ), judged as (
        select r.filename, r.held, r.size, r.etag, date_trunc('second', r.happened_at) as modified,
            coalesce(r.sequencer, r.known) as sequencer,
            case
                when r.is_unordered or r.meaning = 'unclear'
                    or (r.meaning = 'created' and (r.size is null or r.etag is null or r.happened_at is null))
                then 'doubted'
                when not r.held and r.meaning = 'removed' then 'removed'
                when not r.held then case when r.is_deleted_unordered then 'doubted' else 'present' end
                -- Whatever made it so: a worker is going to look.
                when r.state = 'unverified' then 'doubted'
                -- Others who have written the row since may have seen something that is newer than this event. By the store's
                -- own clock they have not, or it is the same; else it must be asked.
                when r.is_as_left
                    or (r.known is not null and r.state = 'present'
                        and date_trunc('second', r.happened_at) > date_trunc('second', r.last_modified))
                then case r.meaning when 'removed' then 'removed' else 'present' end
                when r.meaning = 'created' and r.state = 'present' and r.held_etag = r.etag and r.held_size = r.size then 'confirmed'
                else 'doubted'
            end as verdict
        from ranked r
        where r.age = 1
    )
    select (select jsonb_object_agg(j.filename, to_jsonb(j)) from judged j),
        (select array_agg(r.number) from ranked r where r.sequencer is null or r.repetition = 1)
    into decided, counted;
    if decided is null then
        return '{}'::integer[];
    end if;
    select array_agg(d.key) filter (where (d.value -> 'held')::boolean and d.value ->> 'verdict' <> 'removed'),
        array_agg(d.key) filter (where not (d.value -> 'held')::boolean),
        array_agg(d.key) filter (where d.value ->> 'verdict' = 'removed')
    into changed, missed, removed
    from jsonb_each(decided) as d (key, value);

    update s3cache.object o
    set (
            size, etag, last_modified, content_type, storage_class, width, height, sha256, state, location, verified_at,
            event_sequencer, event_place, event_xid) = (
        select case d.verdict when 'present' then d.size else o.size end,
            case d.verdict when 'present' then d.etag else o.etag end,
            -- A listing tells more than seconds: of contents that are still the same, what is finer is kept.
            case
                when d.verdict = 'doubted' then o.last_modified
                when d.verdict = 'confirmed' and o.last_modified is not null then o.last_modified
                when o.etag = d.etag and date_trunc('second', o.last_modified) = d.modified then o.last_modified
                else d.modified
            end,
            -- Of other contents nothing is known but what the event says.
            case when d.verdict <> 'present' or o.etag = d.etag then o.content_type end,
            case when d.verdict <> 'present' or o.etag = d.etag then o.storage_class end,
            case when d.verdict <> 'present' or o.etag = d.etag then o.width end,
            case when d.verdict <> 'present' or o.etag = d.etag then o.height end,
            case when d.verdict <> 'present' or o.etag = d.etag then o.sha256 end,
            case d.verdict when 'doubted' then 'unverified' else 'present' end,
            case d.verdict when 'doubted' then o.location else 's3' end,
            case d.verdict when 'doubted' then o.verified_at else clock_timestamp() end,
            d.sequencer, case when d.sequencer is not null then place end, pg_current_xact_id()
        from jsonb_to_record(decided -> o.filename) as d (
            verdict text, size bigint, etag text, modified timestamptz, sequencer text))
    where o.cache_id = told_cache and o.filename = any (changed) and o.location = 's3';

    with new as (
        insert into s3cache.object (
            cache_id, filename, size, etag, last_modified, state, verified_at, event_sequencer, event_place, event_xid)
        select told_cache, d.filename, case d.verdict when 'present' then d.size end, case d.verdict when 'present' then d.etag end,
            case d.verdict when 'present' then d.modified end, case d.verdict when 'present' then 'present' else 'unverified' end,
            case d.verdict when 'present' then clock_timestamp() end,
            d.sequencer, case when d.sequencer is not null then place end, pg_current_xact_id()
        from unnest(missed) as n (filename)
        cross join lateral jsonb_to_record(decided -> n.filename) as d (
            filename text, verdict text, size bigint, etag text, modified timestamptz, sequencer text)
        where d.verdict <> 'removed'
        order by d.filename collate "C"
        on conflict do nothing
        returning filename)
    select array_agg(n.filename) into added from new n;

    -- Who added a row meanwhile may have seen something newer, or older.
    update s3cache.object o
    set state = 'unverified', event_sequencer = decided -> o.filename ->> 'sequencer',
        event_place = case when decided -> o.filename ->> 'sequencer' is not null then place end,
        event_xid = pg_current_xact_id()
    where o.cache_id = told_cache and o.filename = any (array(select unnest(missed) except select unnest(added)))
        and o.location = 's3';
    met := found;

    delete from s3cache.object o
    where o.cache_id = told_cache and o.location = 's3'
        and o.filename = any (array(select r.filename from unnest(removed) as r (filename) where (decided -> r.filename -> 'held')::boolean));
    insert into s3cache.tombstone as t (cache_id, filename, event_sequencer, event_place, event_xid)
    select told_cache, d.filename, d.sequencer, place, pg_current_xact_id()
    from unnest(removed) as r (filename)
    cross join lateral jsonb_to_record(decided -> r.filename) as d (filename text, sequencer text)
    -- Looked up one by one, as a join would not be.
    where (select o.id from s3cache.object o where o.cache_id = told_cache and o.filename = r.filename) is null
    order by d.filename collate "C"
    on conflict on constraint tombstone_pkey do update
    set deleted_xid = excluded.deleted_xid, deleted_at = excluded.deleted_at, event_sequencer = excluded.event_sequencer,
        event_place = excluded.event_place, event_xid = excluded.event_xid;

    if met or jsonb_path_exists(decided, '$.* ? (@.verdict == "doubted")') then
        perform s3cache.wake_workers();
    end if;
    return counted;
end
$$;
comment on function s3cache.apply_news(integer, integer, jsonb) is
    'Applies news of one cache''s objects, a JSON object each with number, filename, meaning, size, etag, happened_at and sequencer as s3cache.event_records() gives them; gives the numbers of those that were not known before. place: where the cache''s objects are, for sequencers of other places do not compare. Rows whose object S3 has not taken yet are left alone: their upload writes them.';
