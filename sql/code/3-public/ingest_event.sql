-- object: function s3cache.ingest_event(jsonb)
create or replace function s3cache.ingest_event(event jsonb)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    told record;
    counted integer[] := '{}'::integer[];
    skipped integer[] := '{}'::integer[];
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format('s3cache.ingest_event() cannot see what is newer inside a %s transaction.',
                upper(current_setting('transaction_isolation'))),
            hint = 'Call it in a READ COMMITTED transaction of its own.';
    end if;
    for told in
        select c.id, min(('x' || left(md5(s3cache.cache_source(c.id) || r.bucket), 8))::bit(32)::integer) as place,
            array_agg(r.number) filter (where f.filename is null) as skipped,
            jsonb_agg(jsonb_build_object('number', r.number, 'filename', f.filename, 'meaning', r.meaning, 'size', r.size,
                'etag', r.etag, 'happened_at', r.happened_at, 'sequencer', r.sequencer)) filter (where f.filename is not null) as news
        from s3cache.event_records(event) r
        join s3cache.cache c on c.bucket = r.bucket and (r.key is null or (r.key ^@ c.prefix and r.key <> c.prefix))
        cross join lateral (
            select case when octet_length(r.key) <= 1024 then substr(r.key, length(c.prefix) + 1) end as filename) f
        group by c.id
        -- Two calls take the caches in the same order: none of them waits for the other while that waits for it.
        order by c.id
    loop
        skipped := skipped || told.skipped;
        if told.news is not null then
            counted := counted || s3cache.apply_news(told.id, told.place, told.news);
        end if;
    end loop;
    if skipped <> '{}' then
        raise notice using
            message = format('Skipped records of the event, because no row can have the keys that they name: %s.',
                (select count(distinct s) from unnest(skipped) as s)),
            hint = 'Keys have at most 1024 bytes of UTF-8, and none of them is NUL.';
    end if;
    return (select count(distinct c) from unnest(counted) as c);
end
$$;
comment on function s3cache.ingest_event(jsonb) is
    'Applies an S3 event notification, {"Records": […]} as Amazon S3, MinIO and Ceph send it, an event of EventBridge, or the SNS notification that holds one of them, to each cache whose bucket and prefix it is about; gives the number of records applied: those about an object of a cache, newer than what was known of it, each counted once. Idempotent, and ordered by sequencer: what is known already, or older, changes nothing. Rows of which the order does not tell what is true now become unverified, and a worker asks the bucket. At most 10000 records; anything else raises invalid_parameter_value.';
