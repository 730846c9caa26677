-- What rebuilds had found when they ended, however that was, and what is remembered of deletions: void at once where it must be, and gone
-- with time.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();

-- A rebuild that lists an inventory and has something in every table.
create function pg_temp.begun(cache text default 's3_image_cache', out job bigint, out token bigint) language plpgsql as $$
begin
    job := s3cache.rebuild(cache);
    select c.token into token from s3cache.worker w, s3cache.claim_jobs(w.id, 10, false) c where w.name = 'w' and c.id = job;
    perform s3cache.listing_plan(job, token);
    insert into s3cache.inventory_row (job_id, filename, size, etag, last_modified) select job, n, 1, 'e', now() from generate_series(1, 3) n;
    insert into s3cache.rebuild_listed (job_id, filename, size, etag, last_modified) select job, n, 1, 'e', now() from generate_series(1, 3) n;
    insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) select job, 0, 0, true, n from generate_series(1, 3) n;
    insert into s3cache.rebuild_slice (job_id, part, slice, fence) values (job, 0, 0, pg_current_snapshot());
end $$;
create view pg_temp.staged as
select coalesce(sum(n), 0) as rows
from (
    select count(*) as n from s3cache.inventory_row union all select count(*) from s3cache.rebuild_listed
    union all select count(*) from s3cache.rebuild_change union all select count(*) from s3cache.rebuild_slice) s;
create view pg_temp.valid as
select coalesce(sum(n), 0) as rows
from (
    select count(*) as n from s3cache.rebuild_listing union all select count(*) from s3cache.rebuild_part
    union all select count(*) from s3cache.rebuild_range) s;
-- Every way in which a rebuild ends, and the same way for all that follows it.
create function pg_temp.leaves_nothing(way text) returns setof text language plpgsql as $$
declare
    batches integer[] := '{}';
    batch integer;
    place text;
begin
    return next is((select rows from pg_temp.valid), 0::numeric, way || ': nothing of it counts any more');
    return next is((select rows from pg_temp.staged), 10::numeric, way || ': what it staged is deleted later');
    loop
        select p.pruned, p.place into batch, place from s3cache.prune_listings(4, place) p;
        batches := batches || batch;
        exit when place is null;
    end loop;
    return next is(batches, array[4, 4, 2], way || ': some rows at a time');
    return next is((select rows from pg_temp.staged), 0::numeric, way || ': until none is left');
end $$;

select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.create_cache('second'), s3cache.create_cache('third') \g /dev/null

select job, token from pg_temp.begun() \gset
select is((select pruned from s3cache.prune_listings(100)), 0, 'what a rebuild needs stays while it runs');
select s3cache.fail_job(:job, :token, 'x', '{"code": "x", "retryable": true}') \g /dev/null
select is((select pruned from s3cache.prune_listings(100)), 0, 'and while it waits for a retry');
select is((select rows from pg_temp.valid), 3::numeric, 'with its checkpoint');
select s3cache.cancel(:job) \g /dev/null
select pg_temp.leaves_nothing('cancelled while it waits');

select job, token from pg_temp.begun() \gset
select s3cache.cancel(:job), s3cache.cancel_claimed_job(:job, :token) \g /dev/null
select pg_temp.leaves_nothing('cancelled while it runs');

select job, token from pg_temp.begun() \gset
select s3cache.fail_job(:job, :token, 'x', '{"code": "x", "retryable": false}') \g /dev/null
select pg_temp.leaves_nothing('failed');

select job, token from pg_temp.begun() \gset
update s3cache.job set worker_deaths = 2, worker_id = 0 where id = :job;
select s3cache.rescue_jobs() \g /dev/null
select is((select result #>> '{error,code}' from s3cache.jobs where id = :job), 'poison', 'three workers died of it');
select pg_temp.leaves_nothing('poison');

select job, token from pg_temp.begun() \gset
delete from s3cache.rebuild_range where job_id = :job;
select s3cache.complete_rebuild(:job, :token, '{}') \g /dev/null
select pg_temp.leaves_nothing('done');

select job, token from pg_temp.begun('third') \gset
select s3cache.drop_cache('third') \g /dev/null
select pg_temp.leaves_nothing('its cache was dropped');

select job, token from pg_temp.begun() \gset
delete from s3cache.job where id = :job;
select is((select pruned from s3cache.prune_listings(0)), 0, 'somebody has deleted the job');
select pg_temp.leaves_nothing('deleted');

-- Beside one that runs.
select job, token from pg_temp.begun() \gset
select job as other from pg_temp.begun('second') \gset
select s3cache.cancel(:job), s3cache.cancel_claimed_job(:job, :token) \g /dev/null
select is((select pruned from s3cache.prune_listings(100)), 10, 'what another rebuild left goes');
select is((select array_agg(distinct job_id) from s3cache.inventory_row), array[:other]::bigint[], 'and not what one needs that runs');
select is((select rows from pg_temp.valid), 3::numeric, 'nor its checkpoint');

-- One that begins anew.
select s3cache.configure('second', prefix => 'elsewhere/') \g /dev/null
select is((select rows from pg_temp.valid), 0::numeric, 'after its cache was pointed elsewhere nothing of it counts');
select token from s3cache.claim_jobs(:worker, 10, false) where id = :other \gset
select s3cache.listing_plan(:other, :token) \g /dev/null
select is((select rows from pg_temp.staged), 0::numeric, 'and it begins with nothing');
select s3cache.cancel(:other), s3cache.cancel_claimed_job(:other, :token) \g /dev/null

-- Tombstones.
create function pg_temp.deleted(cache integer, days numeric, sequencer text default null) returns void language sql as $$
    insert into s3cache.tombstone (cache_id, filename, deleted_at, event_sequencer)
    values (cache, concat_ws(' ', days, sequencer), clock_timestamp() - days * interval '1 day', sequencer)
$$;
create function pg_temp.remembered() returns text language sql as $$ select string_agg(cache_id || ':' || filename, ', ' order by cache_id, filename) from s3cache.tombstone $$;
select s3cache.cache_id('second') as second \gset
update s3cache.cache_state set deletions_forgotten_at = null;
select pg_temp.deleted(1, d) from unnest(array[0, 0.9, 2, 3, 4]) d \g /dev/null
select pg_temp.deleted(:second, d, 's') from unnest(array[2, 14, 16, 17]) d \g /dev/null
insert into s3cache.installation (system_identifier, database_oid) values (1, 1);
select is((select pruned from s3cache.prune_tombstones(100)), 0, 'a copy forgets nothing');
select s3cache.resume() \g /dev/null
-- Live for three and a half days, in whatever state.
select s3cache.rebuild() as job \gset
update s3cache.job set queued_at = clock_timestamp() - interval '2.5 days' where id = :job;
select is((select pruned from s3cache.prune_tombstones(1)), 1, 'some at a time');
select is(pg_temp.remembered(), format('1:0, 1:0.9, 1:2, 1:3, %s:14 s, %1$s:16 s, %1$s:17 s, %1$s:2 s', :second), 'the oldest first');
select is((select pruned from s3cache.prune_tombstones(100)), 2, 'of events that are older than queues hold them');
select is(pg_temp.remembered(), format('1:0, 1:0.9, 1:2, 1:3, %s:14 s, %1$s:2 s', :second), 'but none that a live rebuild of the cache may need');
select ok((select deletions_forgotten_at from s3cache.cache_state where cache_id = 1) between clock_timestamp() - interval '97 hours' and clock_timestamp() - interval '96 hours',
    'it is known up to when all are remembered');
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select s3cache.listing_plan(:job, :token) \g /dev/null
update s3cache.job set queued_at = clock_timestamp() where id = :job;
update s3cache.rebuild_listing set as_of = clock_timestamp() - interval '2.5 days' where job_id = :job;
select is((select pruned from s3cache.prune_tombstones(100)), 1, 'of an inventory it counts what time that is as of');
select is(pg_temp.remembered(), format('1:0, 1:0.9, 1:2, %s:14 s, %1$s:2 s', :second), 'whenever it was asked for');
select s3cache.cancel(:job), s3cache.cancel_claimed_job(:job, :token) \g /dev/null
select is((select pruned from s3cache.prune_tombstones(100)), 1, 'without a rebuild all go after a day');
select is(pg_temp.remembered(), format('1:0, 1:0.9, %s:14 s, %1$s:2 s', :second), 'younger ones stay');
select ok((select deletions_forgotten_at from s3cache.cache_state where cache_id = :second) < clock_timestamp() - interval '16 days', 'each cache has a time of its own');
select is((select pruned from s3cache.prune_tombstones(100)), 0, 'and that is all');

-- When a deletion was recorded, not when its transaction began.
begin;
select pg_sleep(0.01) \g /dev/null
select clock_timestamp() as moment \gset
insert into s3cache.tombstone (cache_id, filename) values (1, 'now');
select ok(deleted_at >= :'moment', 'the time is that of the deletion') from s3cache.tombstone where filename = 'now';
rollback;

-- Asking for more to list.
select job, token from pg_temp.begun('second') \gset
select is(s3cache.ask_for_ranges(:job, :token), 'given', 'it has something left');
begin;
select s3cache.ask_for_ranges(:job, :token) \g /dev/null
select is(current_setting('synchronous_commit'), 'off', 'nobody waits for a disk to be told so');
commit;

select * from finish();
