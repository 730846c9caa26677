-- Notifications as hints: what they may ask for, that a flood costs one job, and rebuilds by schedule.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.live() returns text language sql as $$
    select coalesce(string_agg(concat_ws(' ', j.kind, s3cache.cache_name(j.cache_id), j.state, j.args ->> 'prefix', j.args ->> 'filenames'), ', ' order by j.id), '')
    from s3cache.job j
$$;
create function pg_temp.fresh() returns bigint language plpgsql as $$
begin
    delete from s3cache.job; delete from s3cache.hint_state; delete from s3cache.worker;
    return s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}');
end $$;
select s3cache.create_cache('product_images') \g /dev/null

-- What is a hint.
select is(s3cache.parse_hint(h), e::jsonb, h) from (values
    ('rebuild', '{"do": "rebuild"}'), ('rebuild product_images', '{"do": "rebuild", "cache": "product_images"}'),
    ('rebuild with space', '{"do": "rebuild", "cache": "with space"}'), ('verify', '{"do": "verify"}'),
    ('add 14000.jpg', '{"do": "add", "filename": "14000.jpg"}'), ('add a  b.jpg', '{"do": "add", "filename": "a  b.jpg"}'),
    ('{"do":"rebuild","cache":"product_images","prefix":"1/"}', '{"do": "rebuild", "cache": "product_images", "prefix": "1/"}'),
    ('add', null), ('add ', null), ('', null), ('rebuildx', null), ('drop', null), ('delete a', null), ('{', null), ('{"do":', null), ('[1]', null),
    ('{"do": {"a": 1}}', null), ('{"do":"rebuild","prefix":1}', null), ('{"do":"rebuild\u0000"}', null), (repeat('{"a":', 2000), null)) v (h, e);

-- Each kind.
select pg_temp.fresh() as worker \gset
select is(s3cache.take_hints(:worker, array['rebuild', 'rebuild product_images', 'verify', 'add 14000.jpg', 'add 14001.jpg', 'add 14000.jpg']), 0::bigint, 'none is ignored');
select is(pg_temp.live(), 'add s3_image_cache queued ["14000.jpg", "14001.jpg"], rebuild s3_image_cache queued , verify s3_image_cache queued, rebuild product_images queued ', 'one job of each kind and cache');
select is((select count(*) from s3cache.job where (args ->> 'force')::boolean), 0::bigint, 'none of them forces');
select is(s3cache.take_hints(:worker, array['rebuild', 'verify', 'add b', 'add a', '{"do":"rebuild","prefix":"1/"}']), 0::bigint, 'more of them');
select is(pg_temp.live(), 'add s3_image_cache queued ["14000.jpg", "14001.jpg", "a", "b"], rebuild s3_image_cache queued , verify s3_image_cache queued, rebuild product_images queued ', 'join those that wait');

-- At most once per interval.
update s3cache.job set state = 'running', claim_token = nextval('s3cache.claim_token_seq'), worker_id = :worker;
select is(s3cache.take_hints(:worker, array['rebuild', 'verify', 'add c']), 0::bigint, 'while they run');
select is(pg_temp.live(), 'add s3_image_cache running ["14000.jpg", "14001.jpg", "a", "b"], rebuild s3_image_cache running , verify s3_image_cache running, rebuild product_images running , add s3_image_cache queued ["c"], rebuild s3_image_cache waiting , verify s3_image_cache waiting', 'later ones wait for hint_interval, and what exists is added at once');
select ok((select run_at between clock_timestamp() + interval '50 s' and clock_timestamp() + interval '60 s' from s3cache.job where kind = 'rebuild' and state = 'waiting'), 'a minute by default');
select s3cache.take_hints(:worker, array['rebuild', 'rebuild', '{"do":"rebuild","prefix":"x"}']) \g /dev/null
select is((select count(*) from s3cache.job where kind = 'rebuild' and cache_id = 1), 2::bigint, 'as one job');

-- Prefixes.
select pg_temp.fresh() as worker \gset
select s3cache.take_hints(:worker, array['{"do":"rebuild","prefix":"photos/2024/"}', '{"do":"rebuild","prefix":"photos/2025/"}']) \g /dev/null
select is(pg_temp.live(), 'rebuild s3_image_cache queued photos/202', 'several prefixes become what they have in common');
select s3cache.take_hints(:worker, array['{"do":"rebuild","prefix":"x"}']) \g /dev/null
select is(pg_temp.live(), 'rebuild s3_image_cache queued ', 'which may be nothing');
select is((select merge_key from s3cache.job), 'rebuild/1/' || (select args from s3cache.job)::text, 'it merges with the rebuilds that people ask for');

-- A flood.
select pg_temp.fresh() as worker \gset
select is(s3cache.take_hints(:worker, (select array_agg('add ' || g) from generate_series(1, 10000) g), 90000), 99000::bigint, 'of 100,000 names a thousand are taken, the others counted');
select is((select count(*) || ' ' || max(jsonb_array_length(args -> 'filenames')) from s3cache.job), '1 1000', 'in one job');
select s3cache.take_hints(:worker, (select array_agg('add x' || g) from generate_series(1, 10000) g)) \g /dev/null
select is((select count(*) || ' ' || max(jsonb_array_length(args -> 'filenames')) from s3cache.job), '1 1000', 'which grows no further');
select throws_ok(format('select s3cache.take_hints(%s, %L)', :worker, array_fill('verify'::text, array[10001])), '22023', null, 'more at once are refused');
select is((select value from s3cache.metrics where name = 's3cache_hints_ignored_total') >= 99000, true, 's3cache.metrics counts them');

-- What is ignored.
select pg_temp.fresh() as worker \gset
select is(s3cache.take_hints(:worker, array['nonsense', 'rebuild none', '{"do":"rebuild","cache":"none"}', 'add ' || repeat('x', 1025), E'add a\x01b', '{"do":"rebuild","prefix":"' || repeat('x', 1025) || '"}']), 6::bigint, 'ignored');
select s3cache.configure(notify_hints => false) \g /dev/null
select is(s3cache.take_hints(:worker, array['rebuild', 'add a', 'verify']), 3::bigint, 'where notify_hints is off');
select is(pg_temp.live(), '', 'no job of all that');
select s3cache.reset('s3_image_cache', 'notify_hints') \g /dev/null

-- A rebuild that had begun and is asked for with another prefix begins anew.
select pg_temp.fresh() as worker \gset
select s3cache.take_hints(:worker, array['{"do":"rebuild","prefix":"5/"}']) \g /dev/null
select id as begun, token from s3cache.claim_jobs(:worker, 10, false) \gset
select s3cache.listing_plan(:begun, :token) \g /dev/null
select s3cache.record_pages(:begun, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
select s3cache.unregister_worker(:worker) \g /dev/null
select s3cache.register_worker('next', 'h', 2, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.take_hints(:worker, array['{"do":"rebuild","prefix":"2/"}']) \g /dev/null
select token from s3cache.claim_jobs(:worker, 10, false) where id = :begun \gset
select is((select concat_ws(' ', prefix, next_slice) from s3cache.listing_plan(:begun, :token)), ' 0', 'what was listed under one prefix is not taken for what another hint asks for');
select throws_ok(format('select s3cache.complete_rebuild(%s, %s, %L)', :begun, :token, '{}'), 'S3C02', null, 'nor does it end without a listing');
select pg_temp.fresh() as worker \gset

-- All workers hear them, one acts.
select s3cache.register_worker('second', 'h', 2, s3cache.version(), '1 hour', '{}') as second \gset
select s3cache.set_listening(:worker, true), s3cache.set_listening(:second, true) \g /dev/null
select s3cache.take_hints(:second, array['rebuild']) \g /dev/null
select is(pg_temp.live(), '', 'not the second');
select s3cache.take_hints(:worker, array['rebuild']) \g /dev/null
select is(pg_temp.live(), 'rebuild s3_image_cache queued ', 'but the first');
update s3cache.worker set heartbeat_at = clock_timestamp() - interval '2 hours' where id = :worker;
select s3cache.take_hints(:second, array['verify']) \g /dev/null
select is(pg_temp.live(), 'rebuild s3_image_cache queued , verify s3_image_cache queued', 'the second once that is dead');

-- An add job inserts what exists, and nothing else.
select pg_temp.fresh() as worker \gset
insert into s3_image_cache (filename) values ('known');
select s3cache.take_hints(:worker, array['add here', 'add gone', 'add known', 'add deleted']) \g /dev/null
select id as job, token from s3cache.claim_jobs(:worker, 1, false) \gset
select is(array_agg(f), array['deleted', 'gone', 'here', 'known'], 'it looks at those that were named') from s3cache.rows_to_verify(:job, :token, null, 10) f;
select is(array_agg(f), array['here', 'known'], 'from where it left off') from s3cache.rows_to_verify(:job, :token, 'gone', 10) f;
select pg_current_snapshot() as fence \gset
insert into s3cache.tombstone (cache_id, filename) values (1, 'deleted');
select s3cache.record_verified(:job, :token, :'fence', array['deleted', 'gone', 'here', 'known'], array[true, false, true, true], array[1, null, 2, 3], array['a', null, 'b', 'c'],
    array[0, null, 1000000, 2000000], array[null, null, 'STANDARD', null], array[null, null, 'image/jpeg', null]) \g /dev/null
select is(string_agg(concat_ws(' ', filename, state, size, etag, storage_class, content_type), ', ' order by filename), 'here present 2 b STANDARD image/jpeg, known present 3 c', 'what exists is added and what was known brought up to date; what was deleted meanwhile is not') from s3_image_cache;

-- Schedules.
select pg_temp.fresh() as worker \gset
select is(s3cache.enqueue_scheduled(), 0, 'no schedule, no job');
select s3cache.configure(rebuild_every => '10 min') \g /dev/null
select is(s3cache.enqueue_scheduled(), 1, 'never rebuilt: due at once');
select is(pg_temp.live(), 'rebuild s3_image_cache queued ', 'as a plain rebuild');
select is(s3cache.enqueue_scheduled(), 0, 'then ten minutes later');
update s3cache.rebuild_schedule set due_at = '2024-01-01 00:03:00Z';
select is(s3cache.enqueue_scheduled(), 0, 'while one is queued there is no other');
select ok((select due_at between clock_timestamp() and clock_timestamp() + interval '10 min' and date_part('minute', due_at)::integer % 10 = 3 from s3cache.rebuild_schedule), 'after a long time without a worker the next one is due on the old grid');
delete from s3cache.job;
update s3cache.rebuild_schedule set due_at = '2024-01-01 00:03:00Z';
select is(s3cache.enqueue_scheduled(), 1, 'what was missed is made up for once');
select is(s3cache.enqueue_scheduled(), 0, 'and not again');
select s3cache.configure(rebuild_every => '1 day') \g /dev/null
update s3cache.rebuild_schedule set due_at = clock_timestamp() + interval '1 day';
select s3cache.configure(rebuild_every => '5 min') \g /dev/null
select s3cache.enqueue_scheduled() \g /dev/null
select ok((select due_at <= clock_timestamp() + interval '5 min' from s3cache.rebuild_schedule), 'a shorter interval holds at once');
select s3cache.reset('s3_image_cache', 'rebuild_every') \g /dev/null
select s3cache.enqueue_scheduled() \g /dev/null
select is((select count(*) from s3cache.rebuild_schedule), 0::bigint, 'without a setting nothing is due');
select s3cache.configure('product_images', rebuild_every => '10 min') \g /dev/null
select is(s3cache.enqueue_scheduled(), 1, 'another cache');
select s3cache.drop_cache('product_images') \g /dev/null
select is(s3cache.enqueue_scheduled(), 0, 'none after it was dropped');
delete from s3cache.job;
select s3cache.configure(rebuild_every => '10 min') \g /dev/null
select is((select string_agg(kind, ' ') from s3cache.claim_jobs(:worker, 10, false)), 'rebuild', 'a claim looks at schedules');
select * from finish();
