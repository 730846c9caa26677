-- What was forgotten stays where it was as long as an open transaction may see it: a step reads only what it forgets itself, however
-- much those before it have forgotten.

\set ON_ERROR_STOP on
\set QUIET on
select plan(28);

insert into s3cache.job_history (id, kind, cache_id, cache, args, state, priority, attempt, max_attempts, owner, queued_at, started_at, finished_at, result)
select nextval('s3cache.job_id_seq'), 'read', 1, 's3_image_cache', '{}', 'done', 5, 1, 8, 'bob', now(), now(), clock_timestamp() - interval '3 hours' + g * interval '1 ms', '{}'
from generate_series(1, 20000) g;
select s3cache.create_cache('second') \g /dev/null
insert into s3cache.tombstone (cache_id, filename, deleted_at, event_sequencer)
select c.id, g::text, clock_timestamp() - c.days * interval '1 day' + g * interval '1 ms', c.sequencer
from (values (1, 2, null), (s3cache.cache_id('second'), 20, 's')) as c (id, days, sequencer), generate_series(1, 20000) g;
insert into s3cache.inventory_row (job_id, filename, size, etag, last_modified) select 1000000 + g % 2, g, 1, 'e', now() from generate_series(1, 20000) g;
insert into s3cache.rebuild_listed (job_id, filename, size, etag, last_modified) select 1000001, g, 1, 'e', now() from generate_series(1, 20000) g;
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) select 1000002, 1, g / 250, true, g from generate_series(1, 20000) g;
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select s3cache.listing_plan(:job, :token) \g /dev/null
delete from s3cache.rebuild_range;
insert into s3cache.rebuild_listed (job_id, filename, size, etag, last_modified) select :job, g, 1, 'e', now() from generate_series(1, 20000) g;
insert into s3cache.kept_content (job_id, first_byte, content, kept_at) select 2000000 + g, 0, 'x', clock_timestamp() - interval '3 hours' + g * interval '1 ms' from generate_series(1, 20000) g;
insert into s3cache.fetch_failure (cache_id, origin, url_hash, failures, code, failed_at, next_try_at)
select 1, 'https://example.com', sha256(g::text::bytea), 1, 'fetch_status', clock_timestamp() - interval '40 days' + g * interval '1 ms', now() from generate_series(1, 20000) g;
insert into s3cache.presigned_row (job_id, cache_id, filename, owner, url, version, epoch, expires_at)
select 1, 1, g, 'bob', 'u', 0, 0, clock_timestamp() - interval '1 hour' + g * interval '1 ms' from generate_series(1, 20000) g;
vacuum analyze;

-- How many blocks this transaction has read of what is pruned.
create function pg_temp.blocks() returns bigint language sql volatile as $$
    select sum(pg_stat_get_xact_blocks_fetched(r.oid))::bigint
    from (
        select c.oid
        from pg_class c
        where c.oid in ('s3cache.job_history'::regclass, 's3cache.tombstone'::regclass, 's3cache.inventory_row'::regclass,
            's3cache.rebuild_listed'::regclass, 's3cache.rebuild_change'::regclass, 's3cache.kept_content'::regclass,
            's3cache.fetch_failure'::regclass, 's3cache.presigned_row'::regclass)
        union all
        select x.indexrelid
        from pg_index x
        where x.indrelid in ('s3cache.job_history'::regclass, 's3cache.tombstone'::regclass, 's3cache.inventory_row'::regclass,
            's3cache.rebuild_listed'::regclass, 's3cache.rebuild_change'::regclass, 's3cache.kept_content'::regclass,
            's3cache.fetch_failure'::regclass, 's3cache.presigned_row'::regclass)) r
$$;
-- Goes on from step to step, in one transaction: nothing of what it has deleted can be left out by an index.
create function pg_temp.is_steady(call text, what text, steps integer, total integer) returns setof text language plpgsql as $$
declare
    place text;
    gone integer;
    sum integer := 0;
    before bigint;
    read bigint[] := '{}';
begin
    loop
        before := pg_temp.blocks();
        execute call into gone, place using place;
        read := read || pg_temp.blocks() - before;
        sum := sum + gone;
        exit when place is null or cardinality(read) > steps + 10;
    end loop;
    return next ok(cardinality(read) between steps and steps + 1, format('%s: in so many steps: %s', what, cardinality(read)));
    return next is(sum, total, what || ': all of it');
    return next ok((select max(r) from unnest(read) r) <= 8000 and read[cardinality(read)] <= 50,
        format('%s: no step reads much, and the last one, which finds nothing, next to nothing: %s', what, read));
end $$;
select pg_temp.is_steady('select p.pruned, p.place from s3cache.prune_history(''1 hour'', 1000, $1) p', 'ended jobs', 20, 20000);
select pg_temp.is_steady('select p.pruned, p.place from s3cache.prune_tombstones(1000, $1) p', 'deletions', 40, 40000);
select pg_temp.is_steady('select p.pruned, p.place from s3cache.prune_listings(1000, $1) p', 'listings', 60, 60000);
select pg_temp.is_steady(format('select case when p is null then 0 else 1000 end, p from s3cache.discard_inventory(%s, %s, 1000, $1) p', :job, :token),
    'an inventory', 20, 20000);
select pg_temp.is_steady('select p.pruned, p.place from s3cache.prune_content(1000, $1) p', 'what was read', 20, 20000);
select pg_temp.is_steady('select p.pruned, p.place from s3cache.prune_fetch_failures(1000, $1) p', 'failed URLs', 20, 20000);
select pg_temp.is_steady('select p.pruned, p.place from s3cache.prune_presigned(1000, $1) p', 'expired URLs', 20, 20000);
select is((select count(*) from s3cache.job_history), 0::bigint, 'no ended job is left');
select is((select count(*) from s3cache.tombstone), 0::bigint, 'nor a tombstone');
select is((select count(*) from s3cache.inventory_row) + (select count(*) from s3cache.rebuild_change), 0::bigint, 'nor what was found or collected');
select is((select count(*) from s3cache.rebuild_listed), 0::bigint, 'nor what was sorted');
select is((select count(*) from s3cache.kept_content), 0::bigint, 'nor what was read');
select is((select count(*) from s3cache.fetch_failure), 0::bigint, 'nor a failed URL');
select is((select count(*) from s3cache.presigned_row), 0::bigint, 'nor an expired one');
select * from finish();
