-- Rebuilds from an inventory: what may be asked for, and what they leave alone.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();

select throws_ok(format('select s3cache.rebuild(inventory => %L)', place), '22023', null, 'no place of an inventory: ' || place)
from unnest(array['', 'manifest.json', 's3://', 's3://b', 's3://b/', 's3:///manifest.json', 'S3://b/manifest.json', ' s3://b/k',
    'https://b/manifest.json', 's3://b?/manifest.json', 's3://b/' || repeat('k', 1300)]) as place;
select is((select count(*) from s3cache.job), 0::bigint, 'and none enqueues anything');
select s3cache.rebuild(inventory => 's3://reports/a/manifest.json') as job \gset
select s3cache.rebuild(inventory => 's3://reports/a/manifest.json') as same \gset
select s3cache.rebuild(inventory => 's3://reports/b c/manifest.json') as other \gset
select s3cache.rebuild() as plain \gset
select is(args, '{"prefix": "", "dry_run": false, "force": false, "inventory": "s3://reports/a/manifest.json"}', 'the worker is told where it is')
from s3cache.job where id = :job;
select is(args, '{"prefix": "", "dry_run": false, "force": false}', 'or not') from s3cache.job where id = :plain;
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select is(array_agg(id order by id), array[:same]::bigint[], 'only the same work is merged') from s3cache.jobs where superseded_by is not null;
select is(state, 'queued', 'one rebuild of a cache at a time') from s3cache.jobs where id = :plain;

select now() as moment \gset
-- Microseconds of a report that was made yesterday.
select (extract(epoch from :'moment'::timestamptz - interval '1 day') * 1000000)::bigint as made,
    (extract(epoch from :'moment'::timestamptz + interval '1 day') * 1000000)::bigint as future \gset
select s3cache.listing_plan(:job, :token) \g /dev/null
select is((select as_of from s3cache.listing_plan(:job, :token)), null, 'nothing is read yet');
select throws_ok(format('select s3cache.sort_inventory(%s, %s)', :job, :token), 'S3C02', null, 'nothing is sorted that was not begun');
select is(s3cache.begin_inventory(:job, :token, :future), 'empty', 'a report of tomorrow');
select ok((select as_of <= :'moment'::timestamptz - interval '1 hour' from s3cache.listing_plan(:job, :token)), 'counts as one that was made before it was asked for');
select is(s3cache.begin_inventory(:job, :token, :made), 'empty', 'a report of yesterday');
select is((select as_of from s3cache.listing_plan(:job, :token)), :'moment'::timestamptz - interval '25 hours', 'is as of an hour before');
insert into s3cache.inventory_row (job_id, filename, size, etag, last_modified) values (:job, 'a', 1, 'e', '2020-01-01Z');
select is(s3cache.begin_inventory(:job, :token, :made), 'empty', 'what was not sorted is collected anew');
select is((select count(*) from s3cache.inventory_row), 0::bigint, 'from nothing');
select is(s3cache.sort_inventory(:job, :token), 0::bigint, 'nothing is to be sorted');
select is(s3cache.begin_inventory(:job, :token, :made), 'staged', 'what was sorted stays');
select throws_ok(format('select s3cache.sort_inventory(%s, %s)', :job, :token), 'S3C02', null, 'and is sorted once');
select throws_ok(format('select s3cache.discard_inventory(%s, %s, 1)', :job, :token), 'S3C02', null, 'nothing is discarded before all is compared');

-- Whatever was compared: what is newer than the report stays.
insert into s3cache.object (cache_id, filename, state, size, etag, verified_at, last_modified, updated_at, touched_xid)
select 1, kind || suffix, state, 1, 'old', :'moment'::timestamptz - verified, :'moment'::timestamptz - modified, :'moment'::timestamptz - updated, '3'
from (values
    ('aged', 'present', interval '26 hours', interval '3 days', interval '0'), ('seen', 'present', '24 hours', '3 days', '3 days'),
    ('written', 'present', '3 days', '24 hours', '3 days'), ('unknown', 'present', null, null, '24 hours'),
    ('doubted', 'unverified', '3 days', '3 days', '24 hours'), ('old doubt', 'unverified', '3 days', '3 days', '3 days'),
    ('missing', 'missing', '24 hours', '3 days', '3 days')) v (kind, state, verified, modified, updated), unnest(array['', '-']) suffix;
insert into s3cache.tombstone (cache_id, filename, deleted_at, deleted_xid)
values (1, 'deleted', :'moment'::timestamptz - interval '23 hours', '3'), (1, 'deleted before', :'moment'::timestamptz - interval '26 hours', '3');
select ok(not s3cache.may_copy(:job, :token, 1, pg_current_snapshot()), 'rows are not copied beside deletions that are newer');
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename, size, etag, last_modified)
select :job, 0, 0, filename like '%-', filename, case when filename not like '%-' then 2 end, case when filename not like '%-' then 'new' end,
    case when filename not like '%-' then timestamptz '2020-01-01Z' end
from (select filename from s3cache.object union all values ('deleted'), ('deleted before'), ('added')) n (filename);
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{5,1,1,1,0,1,0,1,0,0,1,1}', 1) \g /dev/null
select is(s3cache.apply_slice(:job, :token), 0, 'a slice is applied');
select results_eq($$ select filename, etag collate "C" from s3cache.object order by filename $$,
    $$ select f collate "C", e collate "C" from (values ('added', 'new'), ('aged', 'new'), ('deleted before', 'new'), ('doubted', 'old'), ('doubted-', 'old'), ('missing', 'old'),
        ('missing-', 'old'), ('old doubt', 'new'), ('seen', 'old'), ('seen-', 'old'), ('unknown', 'old'), ('unknown-', 'old'),
        ('written', 'old'), ('written-', 'old')) v (f, e) $$, 'newer rows stay, newer deletions too');
select is(array_agg(distinct verified_at), array[:'moment'::timestamptz - interval '25 hours'], 'rows of the report say so') from s3cache.object where etag = 'new';
select s3cache.complete_rebuild(:job, :token, '{"listed": 5}') \g /dev/null
select is((result ->> 'as_of')::timestamptz, :'moment'::timestamptz - interval '25 hours', 'the result says what time it is as of') from s3cache.jobs where id = :job;
select is((select last_rebuild_at from s3cache.stats()), null, 'no rebuild of the whole cache has been');
select is(deletions_forgotten_at, :'moment'::timestamptz - interval '25 hours', 'what it removed has no tombstone') from s3cache.cache_state;

-- The next reports.
select token from s3cache.claim_jobs(:worker, 10, false) where id = :other \gset
select s3cache.listing_plan(:other, :token) \g /dev/null
select is(s3cache.begin_inventory(:other, :token, :made - 1), 'outdated', 'an older report is refused');
select is((select as_of from s3cache.listing_plan(:other, :token)), null, 'and nothing is changed');
select is(s3cache.begin_inventory(:other, :token, :made), 'empty', 'the same one is not');
select s3cache.cancel(:other) \g /dev/null
select s3cache.cancel_claimed_job(:other, :token) \g /dev/null
select token from s3cache.claim_jobs(:worker, 10, false) where id = :plain \gset
select s3cache.listing_plan(:plain, :token) \g /dev/null
select s3cache.record_pages(:plain, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
select s3cache.complete_rebuild(:plain, :token, '{"listed": 0}') \g /dev/null
select ok(deletions_forgotten_at > :'moment'::timestamptz, 'a report from before a rebuild is of no use') from s3cache.cache_state;
select is((select last_rebuild from s3cache.stats()), '{"listed": 0}', 'whose result is kept');

select * from finish();
