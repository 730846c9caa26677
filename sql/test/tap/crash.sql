-- A crash of the server empties the unlogged tables of a rebuild under a worker that goes on: it must not end well.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();

select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select s3cache.listing_plan(:job, :token) \g /dev/null
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{m}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
select throws_ok(format('select s3cache.complete_rebuild(%s, %s, ''{}'')', :job, :token), 'S3C02', null,
    'a rebuild does not end before its listing has');
select s3cache.record_pages(:job, :token, 1, pg_current_snapshot(), '{m}', '{null}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) values (:job, 0, 1, true, 'stale.jpg');

truncate s3cache.rebuild_listing, s3cache.rebuild_part, s3cache.rebuild_range, s3cache.rebuild_slice, s3cache.rebuild_change;

select throws_ok(format('select s3cache.apply_slice(%s, %s)', :job, :token), 'S3C02', null,
    'what is lost does not count as applied');
select throws_ok(format('select s3cache.complete_rebuild(%s, %s, ''{}'')', :job, :token), 'S3C02', null,
    'nor does the rebuild end as done');
select throws_ok(format('select s3cache.record_orphans(%s, %s)', :job, :token), 'S3C02', null,
    'nor a dry run as one without differences');
select throws_ok(
    format('select s3cache.record_pages(%s, %s, 2, pg_current_snapshot(), ''{n}'', ''{null}'', ''{}'', 1)', :job, :token), 'S3C02',
    null, 'and a slice does not follow one that is lost');
select is((select next_slice from s3cache.listing_plan(:job, :token)), 0, 'the next attempt begins at the first slice');
select results_eq(format('select after, upto from s3cache.ranges_to_list(%s, %s)', :job, :token), $$values (null::text, null::text)$$, 'and lists everything');
select throws_ok(
    format('select s3cache.record_pages(%s, %s, 0, pg_current_snapshot(), ''{null,b}'', ''{c,d}'', ''{}'', 1)', :job, :token), 'S3C02',
    null, 'nothing counts as listed twice');

select * from finish();
