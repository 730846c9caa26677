-- A helper sees that the bucket does not list as it should when all of it was listed already: what was found is never applied.

\set ON_ERROR_STOP on
\set QUIET on
select plan(9);

insert into s3cache.object (cache_id, filename, state, size, etag) values (1, 'kept.jpg', 'present', 1, 'e');
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker,
    s3cache.register_worker('helper', 'h', 2, s3cache.version(), '1 hour', '{}') as helper \gset
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select s3cache.listing_plan(:job, :token), s3cache.invite_helpers(:job, :token) \g /dev/null
select id as part, token as part_token from s3cache.claim_jobs(:helper, 10, false) \gset
select s3cache.listing_plan(:part, :part_token) \g /dev/null
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) values (:job, 0, 0, true, 'kept.jpg');
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{0,0,0,1,0,1,0,0,0,0,1,1}', 1) \g /dev/null
select is(s3cache.ask_for_ranges(:part, :part_token), 'listed', 'all is listed');
select is((select serial from s3cache.listing_plan(:job, :token)), false, 'and the rebuild goes on to apply it');

select s3cache.distrust_listing(:part, :part_token) \g /dev/null
select throws_ok(format('select * from s3cache.apply_slice(%s, %s)', :job, :token), 'S3C02', null, 'then nothing of it is applied');
select throws_ok(format('select s3cache.complete_rebuild(%s, %s, ''{}'')', :job, :token), 'S3C02', null, 'nor does it count as rebuilt');
select is((select state from s3_image_cache where filename = 'kept.jpg'), 'present', 'the row stays');
select is((select serial from s3cache.listing_plan(:job, :token)), true, 'the bucket is listed anew, page after page');
select is((select count(*) from s3cache.rebuild_change), 0::bigint, 'with nothing of what was found');
select is((select count(*) from s3cache.ranges_to_list(:job, :token) where after is null and upto is null), 1::bigint, 'from one end to the other');
select throws_ok(format('select s3cache.distrust_listing(%s, %s)', :part, :part_token), 'S3C02', null, 'who says it again is told that it is known');
select * from finish();
