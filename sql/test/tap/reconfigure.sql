-- A cache that is pointed elsewhere while it is rebuilt: what was listed before counts for nothing.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();

select s3cache.register_worker('w', 'h', 1, 'test', '1 hour', '{}') as worker \gset
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select s3cache.record_slice(:job, :token, 0, pg_current_snapshot(), 'm', false, '{}');
insert into s3cache.rebuild_change (job_id, slice, remove, filename) values (:job, 0, false, 'a.jpg');

select s3cache.configure(max_bytes => 1000);
select is((select state from s3cache.job where id = :job), 'running', 'another setting leaves a running rebuild alone');
select is((select count(*) from s3cache.rebuild_slice), 1::bigint, 'with its checkpoint');

select s3cache.configure(prefix => 'elsewhere/');
select is((select state from s3cache.job where id = :job), 'queued', 'another prefix queues it again');
select is((select attempt from s3cache.job where id = :job), 0, 'without spending an attempt');
select is((select count(*) from s3cache.rebuild_slice) + (select count(*) from s3cache.rebuild_change), 0::bigint,
    'its checkpoint and what it had staged are gone');
select throws_ok(format('select s3cache.apply_slice(%s, %s)', :job, :token), 'S3C01', null,
    'and its worker can write nothing more');

select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select is((select next_slice from s3cache.rebuild_plan(:job, :token)), 0, 'the next attempt begins at the first slice');
select s3cache.record_slice(:job, :token, 0, pg_current_snapshot(), 'm', false, '{}');
select s3cache.reset('s3_image_cache', 'prefix');
select is((select state from s3cache.job where id = :job), 'queued', 'reset() does the same');
select is((select count(*) from s3cache.rebuild_slice), 0::bigint, 'checkpoint included');

select * from finish();
