-- A cache that is pointed elsewhere while it is rebuilt: what was listed before counts for nothing.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
select s3cache.configure(allowed_types => '{text,other}') \g /dev/null

select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select s3cache.listing_plan(:job, :token) \g /dev/null
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{m}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) values (:job, 0, 0, false, 'a.jpg');
select s3cache.trust_listing(:job, :token), s3cache.report_progress(:job, :token, 5, 10) \g /dev/null

select s3cache.configure(max_bytes => 1000);
select is((select state from s3cache.job where id = :job), 'running', 'another setting leaves a running rebuild alone');
select is((select count(*) from s3cache.rebuild_slice), 1::bigint, 'with its checkpoint');

select s3cache.configure(prefix => 'elsewhere/');
select is((select state from s3cache.job where id = :job), 'queued', 'another prefix queues it again');
select is((select pruned from s3cache.prune_listings(100)), 2, 'two rows are left over');
select is((select done from s3cache.jobs where id = :job), null, 'nothing of it is done');
select is((select attempt from s3cache.job where id = :job), 0, 'without spending an attempt');
select is((select count(*) from s3cache.rebuild_slice) + (select count(*) from s3cache.rebuild_change), 0::bigint,
    'its checkpoint and what it had staged are gone');
select throws_ok(format('select s3cache.apply_slice(%s, %s)', :job, :token), 'S3C01', null,
    'and its worker can write nothing more');

select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select is((select (next_slice, trusted, listed)::text from s3cache.listing_plan(:job, :token)), '(0,f,0)',
    'the next attempt begins at the first slice, and knows nothing of the bucket');
select s3cache.listing_plan(:job, :token) \g /dev/null
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{m}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
select s3cache.reset('s3_image_cache', 'prefix');
select is((select state from s3cache.job where id = :job), 'queued', 'reset() does the same');
select is((select pruned from s3cache.prune_listings(100)), 1, 'its slice is left over');
select is((select count(*) from s3cache.rebuild_slice), 0::bigint, 'checkpoint included');

-- Jobs on single objects and verifications, too.
select s3cache.cancel(:job) \g /dev/null
select s3cache.upload('k', 'bytes') as up, s3cache.delete_object('k') as del, s3cache.read('l') as reading, s3cache.verify(prefix => 'v') as verification, s3cache.upload('waits', 'x') as waiting \gset
create temporary table claimed as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.fail_job(id, token, 'Slow.', '{"retryable": true}') from claimed where id = :waiting \g /dev/null
update s3cache.job set run_at = '2100-01-01' where id = :waiting;
select s3cache.configure(cache_control => 'no-store') \g /dev/null
select is((select array_agg(id order by id) from s3cache.job where state = 'running'), array[:up, :reading, :verification]::bigint[], 'another setting leaves running jobs alone');
select s3cache.configure(bucket => 'elsewhere') \g /dev/null
select is((select array_agg(id order by id) from s3cache.job where state = 'queued' and attempt = 0), array[:up, :del, :reading, :verification]::bigint[], 'another bucket queues them again');
select is((select state || ' ' || attempt from s3cache.job where id = :waiting), 'waiting 1', 'but for one that waits for a retry');
select throws_ok(format('select s3cache.complete_upload(%s, %s, ''e'', 5, null, null, null, null)', id, token), 'S3C01', null, 'what was uploaded to the old bucket is no row') from claimed where id = :up;
select throws_ok(format('select s3cache.complete_read(%s, %s, ''x'', null, null)', id, token), 'S3C01', null, 'what was read from it no content') from claimed where id = :reading;
select is((select array_agg(id order by id) from s3cache.claim_jobs(:worker, 10, false)), array[:up, :reading, :verification]::bigint[], 'they run anew, in the same order');
select is((select content from s3cache.staged_content where job_id = :up), 'bytes'::bytea, 'with their bytes');

select * from finish();
