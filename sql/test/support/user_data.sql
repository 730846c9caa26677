-- What a user of an older version may have: settings, a second cache, rows, jobs, views, grants. :app is a role of theirs.

select s3cache.configure(bucket => 'shop', max_bytes => 77, presign_ttl => '2 hours', paused => true) \g /dev/null
select s3cache.create_cache('second', bucket => 'second-bucket', prefix => 'p/') \g /dev/null
select s3cache.configure('second', region => 'eu-west-1') \g /dev/null
select add_file_to_s3_cache('new.jpg') \g /dev/null
insert into second (filename) values ('a b+c%&.jpg'), (U&'\00E4\+01F600.jpg');
insert into s3cache.object (cache_id, filename, size, etag, state, verified_at)
values (1, 'present.jpg', 5, 'e', 'present', '2024-01-01'), (1, 'missing.jpg', null, null, 'missing', '2024-01-02'),
    (1, E'odd\n\t\x01.jpg', 1, 'o', 'present', '2024-01-03'), (1, E'odder\u0085/../x', null, null, 'unverified', null), (2, ' lead and trail. ', 1, 'o', 'present', '2024-01-03');
insert into s3cache.tombstone (cache_id, filename) values (1, 'deleted.jpg');
select s3cache.verify(prefix => 'done') as id \gset
select to_regprocedure('s3cache.version()') is not null as knows_version \gset
\if :knows_version
select s3cache.version() as version \gset
\else
\set version 0.1.0
\endif
select s3cache.register_worker('old', 'here', 1, :'version', '1 hour', '{}') as worker \gset
select s3cache.configure(paused => false) \g /dev/null
create temporary table claimed as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.complete_jobs(array_agg(id order by id), array_agg(token order by id), array_agg('{"checked": 1}'::jsonb))
from claimed \g /dev/null
select s3cache.rebuild(prefix => 'running/') as id \gset
create temporary table claimed_again as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.complete_jobs(array_agg(id order by id), array_agg(token order by id), array_agg('{"checked": 1}'::jsonb))
from claimed_again where kind = 'verify' \g /dev/null
select 1 / count(*) from s3cache.job where state = 'running' and id = :id \g /dev/null
select s3cache.cancel(s3cache.rebuild('second', prefix => 'cancelled/')) \g /dev/null
select s3cache.rebuild('second', prefix => 'queued/'), s3cache.verify(limit_rows => 3) \g /dev/null
create view of_a_user as
select f.files, get_s3_image_filename('PRESENT.jpg') as found, s3cache.prefix_end('a') as prefix_end, j.jobs
from s3cache.stats('s3_image_cache') f, (select count(*) as jobs from s3cache.jobs) j;
create view rows_of_a_user as select id, filename, state from s3_image_cache;
grant usage on schema s3cache to :app;
grant execute on function s3cache.stats(text), add_file_to_s3_cache(text), s3cache.configure to :app;
grant select on s3_image_cache, second, s3cache.cache to :app;
grant insert (filename) on second to :app;
create index brin_of_a_user on second using brin (created_at);
create index hash_of_a_user on second using hash (created_at);
create index part_of_a_user on second (created_at) where state = 'missing';
