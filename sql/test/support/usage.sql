-- The life of a cache by one user who may do everything: the facade, a second cache, settings, and a worker's cycle.
-- Leaves three rows in s3_image_cache, two of them present, however often it runs.

select clear_s3_cache();
select add_file_to_s3_cache('1.jpg');
insert into s3_image_cache (filename) values ('2.jpg'), ('3.jpg'), ('4.jpg') on conflict (filename) do nothing;
delete from s3_image_cache where filename = '4.jpg';
select get_s3_image_filename('1.JPG');
select s3cache.configure(max_bytes => 1000);
select s3cache.reset('s3_image_cache', 'max_bytes');
select s3cache.create_cache('second', bucket => 'second-bucket');
insert into second (filename) values ('a.jpg');
truncate second;
select s3cache.ingest_event(('{"Records": [{"eventName": "' || name || '", "eventTime": "2024-01-01T00:00:00Z", "s3": {"bucket": {"name": "second-bucket"},
    "object": {"key": "' || key || '", "size": 1, "eTag": "e", "sequencer": "' || sequencer || '"}}}]}')::jsonb)
from (values ('ObjectCreated:Put', 'b.jpg', '01'), ('ObjectCreated:Put', 'b.jpg', '02'), ('LifecycleTransition', 'b.jpg', '03'), ('ObjectRemoved:Delete', 'c.jpg', '01')) v (name, key, sequencer);
select 1 / (select count(*) from second where state = 'unverified');
select s3cache.drop_cache('second');
select s3cache.cancel(s3cache.verify(prefix => 'no'));
select s3cache.rebuild() as rebuild \gset
select s3cache.register_worker('test', 'here', 1, s3cache.version(), '1 minute', '{}') as worker \gset
create temporary table claimed as select * from s3cache.claim_jobs(:worker, 10, true);
select id as verify, token from claimed where kind = 'verify' \gset
select s3cache.record_verified(:verify, :token, pg_current_snapshot(), array['1.jpg', '2.jpg'], array[true, true],
    array[1, 2]::bigint[], array['e', 'f'], array[0, 0]::bigint[], array[null, null], array[null, null]);
select s3cache.complete_jobs(array[:verify]::bigint[], array[:token]::bigint[], array['{"checked": 2}']::jsonb[]);
select token from claimed where id = :rebuild \gset
select s3cache.fail_job(:rebuild, :token, 'cannot', '{"retryable": false}');
select state = 'failed' and error = 'cannot' as failed from s3cache.wait(:rebuild) \gset
select 1 / :'failed'::boolean::int;
select s3cache.heartbeat(:worker, 'draining');
select s3cache.unregister_worker(:worker);
select count(*) from s3cache.jobs;
select count(*) from s3cache.workers;
select count(*) from s3cache.metrics;
select count(*) from s3cache.stats();
select s3cache.images('1');
