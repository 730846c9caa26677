-- The life of jobs: merging, order, fencing, retry, rescue, cancelling, pausing. Each statement is a transaction of its own.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.state_of(job bigint) returns text language sql as $$ select state from s3cache.jobs where id = job $$;
create function pg_temp.claimed(worker bigint, n integer default 100) returns text language sql as
$$ select coalesce(string_agg(c.kind || ' ' || coalesce(c.args ->> 'prefix', ''), ', ' order by o), '') from s3cache.claim_jobs(worker, n, false) with ordinality
    c (id, token, kind, cache, args, attempt, max_attempts, o) $$;
create function pg_temp.fresh() returns bigint language plpgsql as $$
begin
    delete from s3cache.job; delete from s3cache.job_history; delete from s3cache.worker; delete from s3cache.job_progress;
    return s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}');
end $$;

-- Merging.
select pg_temp.fresh() as worker \gset
select s3cache.rebuild() as first \gset
select s3cache.rebuild() as second \gset
select s3cache.rebuild(prefix => 'a/') as different \gset
select s3cache.rebuild(prefix => '') as third \gset
select s3cache.rebuild(dry_run => true) as dry \gset
select is(pg_temp.state_of(:second), 'queued', 'a duplicate is enqueued like any other');
select is(pg_temp.claimed(:worker), 'rebuild ', 'one rebuild of a cache is claimed at a time');
select is(pg_temp.state_of(:first), 'running', 'the first');
select is((select array_agg(id order by id) from s3cache.jobs where state = 'superseded' and superseded_by = :first), array[:second, :third]::bigint[],
    'its duplicates are superseded by it, however their arguments were written');
select is(pg_temp.state_of(:different) || ' ' || pg_temp.state_of(:dry), 'queued queued', 'others wait their turn');
select s3cache.rebuild() as later \gset
select is(pg_temp.claimed(:worker), '', 'what runs merges no later one, and lets none run beside it');
select is((s3cache.wait(:second, '0 s')).id, :first::bigint, 'wait() of a superseded job follows it');
select is((s3cache.wait(:second, '0 s')).state, 'running', 'and gives the survivor');
select token from s3cache.job, lateral (select claim_token as token) t where id = :first \gset
select is(s3cache.complete_jobs(array[:first], array[:token], array['{"listed": 1}'::jsonb]), array[:first]::bigint[], 'it completes');
select is((s3cache.wait(:third)).result, '{"listed": 1}', 'wait() of the other gives its result');
select is((s3cache.wait(:first)).state, 'done', 'as of itself');
select is(pg_temp.claimed(:worker), 'rebuild a/', 'then the next runs');
select is(pg_temp.state_of(:later), 'queued', 'and the one that was asked for meanwhile after that');

-- Serial per cache, not between caches.
select pg_temp.fresh() as worker \gset
select s3cache.create_cache('second') \g /dev/null
select s3cache.rebuild(prefix => 'x'), s3cache.rebuild('second', prefix => 'y'), s3cache.verify(prefix => 'z') \g /dev/null
select is((select string_agg(c, ', ' order by c) from regexp_split_to_table(pg_temp.claimed(:worker), ', ') c), 'rebuild x, rebuild y, verify z', 'rebuilds of two caches and a verification run side by side');

-- Order.
select pg_temp.fresh() as worker \gset
insert into s3cache.job (kind, cache_id, args, owner, priority)
select 'verify', 1, jsonb_build_object('prefix', p || '-' || n), 'postgres', p from generate_series(1, 3) n, unnest(array[9, 1, 5]) p order by n, p desc;
select is(pg_temp.claimed(:worker, 4), 'verify 1-1, verify 1-2, verify 1-3, verify 5-1', 'by priority, then by age');
select is(pg_temp.claimed(:worker, 0), '', 'none if none is wanted');
insert into s3cache.job (kind, cache_id, args, owner) select 'verify', 1, '{}', 'postgres' from generate_series(1, 100);
begin;
select pg_temp.claimed(:worker, 3) \g /dev/null
select is((select count(*) from s3cache.job where state = 'queued' and xmax <> 0), 0::bigint, 'a claim holds no job that it does not take');
commit;

-- Long jobs among short ones that keep coming.
select pg_temp.fresh() as worker \gset
insert into s3cache.job (kind, cache_id, args, owner, priority)
select 'verify', 1, jsonb_build_object('prefix', p || '-' || n), 'postgres', p from generate_series(1, 3) n, unnest(array[5, 10]) p order by n, p desc;
select is(pg_temp.claimed(:worker, 1), 'verify 5-1', 'a long job comes after short ones');
update s3cache.job set run_at = clock_timestamp() - interval '1 hour' where args ->> 'prefix' in ('10-2', '10-3');
select is(pg_temp.claimed(:worker, 1), 'verify 10-2', 'unless it has waited for a minute');
select is(pg_temp.claimed(:worker, 2), 'verify 5-2, verify 10-3', 'one such at a time');
select is(pg_temp.claimed(:worker), 'verify 5-3, verify 10-1', 'and not those that have not waited so long');
insert into s3cache.job (kind, cache_id, args, owner, priority, run_at, serial_key)
select 'verify', 1, jsonb_build_object('prefix', p || '-' || n), 'postgres', p, clock_timestamp() - interval '1 hour', case p when 10 then 'one at a time' end
from generate_series(1, 4) n, unnest(array[5, 10]) p order by n, p;
select is((select string_agg(c.args ->> 'prefix', ',') from s3cache.claim_jobs(:worker, 1, false, max_long => 0) c), '5-1', 'nor where the worker wants no long one');
select is(pg_temp.claimed(:worker, 2), 'verify 5-2, verify 10-1', 'it counts as one of those that are wanted');
select is(pg_temp.claimed(:worker, 1), 'verify 5-3', 'what another one excludes does not come first');
insert into s3cache.job (kind, cache_id, args, owner, priority, run_at) values ('verify', 1, '{"prefix": "free"}', 'postgres', 10, clock_timestamp() - interval '30 minutes');
select is(pg_temp.claimed(:worker, 1), 'verify free', 'but does not stand in the way of the next');
select is(pg_temp.claimed(:worker), 'verify 5-4', 'the others wait for it');
select pg_temp.fresh() as worker, s3cache.register_worker('o', 'h', 2, s3cache.version(), '1 minute', '{}') as other \gset
insert into s3cache.job (kind, cache_id, args, owner, priority, run_at, pinned_to)
select 'verify', 1, jsonb_build_object('prefix', p), 'postgres', priority, clock_timestamp() - waited, case p when 'of another' then :other end
from (values ('of another', 10, interval '1 hour'), ('young', 10, '1 second'), ('old', 20, '1 hour'), ('short', 5, '0')) v (p, priority, waited);
select is(pg_temp.claimed(:worker, 1), 'verify short', 'what only another worker may run does not bring long ones before short ones');
select is(pg_temp.claimed(:worker), 'verify young, verify old', 'nor is it given');

-- What comes last anyway is not looked for at each claim.
select pg_temp.fresh() as worker \gset
select set_config('s3cache.looked_at', '', false) \g /dev/null
create function pg_temp.verifications() returns bigint language sql as $$ select count(*) from s3cache.job where priority = 10 $$;
insert into s3cache.job (kind, cache_id, args, owner, priority) select 'delete_object', 1, jsonb_build_object('prefix', n), 'postgres', 5 from generate_series(1, 5) n;
select is(pg_temp.claimed(:worker, 1), 'delete_object 1', 'a claim looks for rows in doubt');
insert into s3_image_cache (filename) values ('doubtful.png');
select is(pg_temp.claimed(:worker, 1) || pg_temp.verifications(), 'delete_object 20', 'but the next one, where others fill it, does not');
select set_config('s3cache.looked_at', (extract(epoch from clock_timestamp()) - 2)::text, false) \g /dev/null
select is(pg_temp.claimed(:worker, 1) || pg_temp.verifications(), 'delete_object 31', 'until a second has passed');
delete from s3cache.job where priority = 10;
select is(pg_temp.claimed(:worker, 1) || pg_temp.verifications(), 'delete_object 40', 'from then on it counts anew');
select is(pg_temp.claimed(:worker), 'delete_object 5, verify ', 'one that is not filled looks before it comes back with less');
select set_config('s3cache.looked_at', (extract(epoch from clock_timestamp()) + 3600)::text, false) \g /dev/null
insert into s3cache.job (kind, cache_id, args, owner, priority) select 'delete_object', 1, jsonb_build_object('prefix', 6), 'postgres', 5;
delete from s3cache.job where priority = 10;
select is(pg_temp.claimed(:worker, 1) || pg_temp.verifications(), 'delete_object 61', 'a clock that was set back keeps nobody from looking');
delete from s3_image_cache;

-- Fencing.
select pg_temp.fresh() as worker \gset
select s3cache.verify(prefix => 'f') as job \gset
select token as token from s3cache.claim_jobs(:worker, 1, false) \gset
select is(s3cache.complete_jobs(array[:job], array[:token - 1], array['{}'::jsonb]), '{}', 'a wrong token completes nothing');
select is(s3cache.fail_job(:job, :token + 1, 'x', '{"retryable": true}'), null, 'nor fails it');
select is(s3cache.cancel_claimed_job(:job, :token + 1), false, 'nor cancels it');
select throws_ok(format('select s3cache.%s', call), 'S3C01', null, 'nor may ' || call)
from (values (format('hold_claim(%s, 1)', :job)), (format('report_progress(%s, 1, 1, 1)', :job)), (format('listing_plan(%s, 1)', :job)),
    (format('record_pages(%s, 1, 0, pg_current_snapshot(), ''{null}'', ''{null}'', ''{}'', 1)', :job)), (format('ranges_to_list(%s, 1)', :job)),
    (format('hand_over_ranges(%s, 1, ''{}'', ''{}'')', :job)), (format('ask_for_ranges(%s, 1)', :job)), (format('invite_helpers(%s, 1)', :job)),
    (format('list_serially(%s, 1)', :job)), (format('distrust_listing(%s, 1)', :job)), (format('trust_listing(%s, 1)', :job)), (format('rebuild_totals(%s, 1)', :job)), (format('apply_slice(%s, 1)', :job)),
    (format('record_orphans(%s, 1)', :job)), (format('make_dry_run(%s, 1)', :job)), (format('complete_rebuild(%s, 1, ''{}'')', :job)), (format('rows_to_verify(%s, 1, null, 1)', :job)),
    (format('may_copy(%s, 1, 1, pg_current_snapshot())', :job)),
    (format('record_verified(%s, 1, pg_current_snapshot(), ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'')', :job))) v (call);
select is(pg_temp.state_of(:job), 'running', 'it runs on');
select is(s3cache.complete_jobs(array[:job, 999999, null], array[:token, 1, null], array['{"checked": 1}'::jsonb, '{}', null]), array[:job]::bigint[], 'the right token ends it, others beside it do not matter');
select is(s3cache.complete_jobs(array[:job], array[:token], array['{}'::jsonb]), '{}', 'once');
select is((select result from s3cache.jobs where id = :job), '{"checked": 1}', 'with its own result');
select is(s3cache.complete_jobs('{}', '{}', '{}'), '{}', 'completing nothing is no error');
select is(s3cache.cancel(:job), false, 'what has ended cannot be cancelled');
select throws_ok(format('select s3cache.retry(%s)', :job), '55000', null, 'nor retried');
select s3cache.verify(prefix => '1') as one, s3cache.verify(prefix => '2') as two \gset
select array_agg(id order by id desc) as ids, array_agg(token order by id desc) as tokens from s3cache.claim_jobs(:worker, 9, false) \gset
select s3cache.complete_jobs(:'ids', :'tokens', array['{"n": 2}', '{"n": 1}']::jsonb[]) \g /dev/null
select is((select string_agg(result ->> 'n', ',' order by id) from s3cache.jobs where id in (:one, :two)), '1,2', 'results belong to ids by position');

-- Failing and retrying.
select pg_temp.fresh() as worker \gset
select is(s3cache.next_due(), null, 'where nothing waits there is nothing to wait for');
select s3cache.verify(prefix => 'r') as job \gset
select token from s3cache.claim_jobs(:worker, 1, false) \gset
select is(s3cache.fail_job(:job, :token, 'The bucket is slow.', '{"code": "SlowDown", "retryable": true}'), 'waiting', 'a retryable failure waits');
select is((select state || ' ' || attempt || ' ' || error || ' ' || (result #>> '{error,code}') from s3cache.jobs where id = :job),
    'waiting 1 The bucket is slow. SlowDown', 'and says why');
select ok(run_at between clock_timestamp() - interval '10 s' and clock_timestamp() + interval '2 s', 'for at most two seconds the first time') from s3cache.job where id = :job;
select ok(s3cache.next_due() between interval '0' and interval '2 s', 'a worker that asks is told how long');
update s3cache.job set run_at = clock_timestamp() - interval '1 hour' where id = :job;
select is(s3cache.next_due(), interval '0', 'or that it is over');
update s3cache.job set run_at = 'infinity' where id = :job;
select ok(s3cache.next_due() between interval '23 hours' and interval '1 day', 'and never to wait for longer than a day');
update s3cache.job set run_at = clock_timestamp() + interval '1 hour' where id = :job;
select is(pg_temp.claimed(:worker), '', 'until then nobody claims it');
select s3cache.verify(prefix => 'r') as again \gset
select is(pg_temp.claimed(:worker), 'verify r', 'unless somebody asks for the same: then it runs at once');
select is(pg_temp.state_of(:job), 'running', 'the one that waited');
select is(pg_temp.state_of(:again), 'queued', 'and the new one after it, for it may have begun before');
update s3cache.job set attempt = 20, max_attempts = 30 where id = :job;
select claim_token as token from s3cache.job where id = :job \gset
select s3cache.fail_job(:job, :token, 'x', '{"retryable": true}') \g /dev/null
select ok(run_at <= clock_timestamp() + interval '10 minutes', 'never longer than ten minutes') from s3cache.job where id = :job;
select is(s3cache.retry(:job), :job::bigint, 'retry() of a waiting job starts it now');
update s3cache.job set attempt = 29 where id = :job;
delete from s3cache.job where id = :again;
select token from s3cache.claim_jobs(:worker, 1, false) \gset
select is(s3cache.fail_job(:job, :token, 'Still slow.', '{"code": "SlowDown", "retryable": true}'), 'failed', 'the last attempt''s failure is final');
select is((select state || ' ' || error || ' ' || (result #>> '{error,code}') || ' ' || (finished_at is not null) from s3cache.jobs where id = :job),
    'failed Still slow. SlowDown true', 'with its reason');
select s3cache.retry(:job) as renewed \gset
select isnt(:renewed, :job, 'retry() of a failed job is a new one');
select is((select args from s3cache.job where id = :renewed), '{"prefix": "r"}', 'with the same arguments');
select is((select attempt from s3cache.jobs where id = :renewed), 0, 'and all its attempts');
select token from s3cache.claim_jobs(:worker, 1, false) \gset
select is(s3cache.fail_job(:renewed, :token, 'No.', '{"code": "AccessDenied", "retryable": false}'), 'failed', 'what cannot succeed fails at once');
select pg_temp.fresh() as worker \gset
insert into s3cache.job (kind, cache_id, args, owner, attempt) select 'verify', 1, jsonb_build_object('prefix', g), 'postgres', 3 from generate_series(1, 60) g;
select s3cache.fail_job(c.id, c.token, 'x', '{"retryable": true}') from s3cache.claim_jobs(:worker, 100, false) c \g /dev/null
select ok(min(wait) < 5 and max(wait) > 11 and max(wait) <= 16 and count(distinct run_at) > 50, 'the wait before the fifth attempt is spread over 16 seconds')
from (select run_at, extract(epoch from run_at - clock_timestamp()) as wait from s3cache.job where state = 'waiting') w;

-- Cancelling.
select pg_temp.fresh() as worker \gset
select s3cache.verify(prefix => 'c') as job \gset
select is(s3cache.cancel(:job), true, 'a queued job is cancelled');
select is(pg_temp.state_of(:job), 'cancelled', 'at once');
select is((s3cache.wait(:job)).state, 'cancelled', 'which wait() sees');
select is(pg_temp.claimed(:worker), '', 'and nobody claims it');
select s3cache.retry(:job) as job \gset
select token from s3cache.claim_jobs(:worker, 1, false) \gset
select is(s3cache.heartbeat(:worker, 'running'), '{}', 'a heartbeat knows of nothing to cancel');
select is(s3cache.cancel(:job), true, 'a running one is asked to stop');
select is(pg_temp.state_of(:job), 'running', 'and runs until its worker has stopped it');
select is(s3cache.heartbeat(:worker, 'running'), array[:job]::bigint[], 'which its heartbeat tells it');
select throws_ok(format('select s3cache.hold_claim(%s, %s)', :job, :token), 'S3C01', null, 'it may write no more');
select is(s3cache.fail_job(:job, :token, 'x', '{"retryable": true}'), 'cancelled', 'failing it cancels it');
select is((select attempt from s3cache.jobs where id = :job), 1, 'its history keeps the attempt');
select throws_ok($$ select s3cache.cancel(null) $$, 'P0002', null, 'NULL is no job');
select throws_ok($$ select s3cache.cancel(123456) $$, 'P0002', null, 'nor is an unknown id');

-- Dead workers.
select pg_temp.fresh() as worker \gset
select s3cache.register_worker('w2', 'h', 2, s3cache.version(), '1 minute', '{}') as other \gset
select s3cache.rebuild(prefix => 'd') as job \gset
select token from s3cache.claim_jobs(:worker, 1, false) \gset
select s3cache.report_progress(:job, :token, 5, 10) \g /dev/null
select is((select done || '/' || total from s3cache.jobs where id = :job), '5/10', 'progress shows');
select is(pg_temp.claimed(:other), '', 'a live worker keeps its jobs');
update s3cache.worker set heartbeat_at = clock_timestamp() - interval '61 s' where id = :worker;
select is((select state from s3cache.workers where id = :worker), 'dead', 'without a heartbeat for its lease it is dead');
select is(pg_temp.claimed(:other), 'rebuild d', 'and another takes its job over');
select is((select attempt || ' ' || rescues || ' ' || worker_id from s3cache.job where id = :job), '1 1 ' || :other, 'without spending an attempt');
select is(s3cache.complete_jobs(array[:job], array[:token], array['{}'::jsonb]), '{}', 'the dead one''s token is void');
select throws_ok(format('select s3cache.claim_jobs(%s, 1, false)', :worker), 'P0002', null, 'and it may claim no more');
select claim_token as token from s3cache.job where id = :job \gset
select s3cache.rebuild(prefix => 'd') as twin \gset
select s3cache.unregister_worker(:other) \g /dev/null
select is((select state || ' ' || attempt from s3cache.job where id = :job), 'queued 0', 'a worker that leaves hands its jobs back unspent');
select s3cache.register_worker('w3', 'h', 3, s3cache.version(), '1 minute', '{}') as third \gset
select ok(:third > :other, 'no identity is given twice');
select is(pg_temp.claimed(:third), 'rebuild d', 'a third goes on');
select claim_token as token from s3cache.job where id = :job \gset
select s3cache.report_progress(:job, :token, 2, null) \g /dev/null
select is((select done || '/' || total from s3cache.jobs where id = :job), '5/10', 'with what was done already');
select s3cache.report_progress(:job, :token, 7, 6) \g /dev/null
select is((select done || '/' || total from s3cache.jobs where id = :job), '7/7', 'and with no less to do than was done');
select is(pg_temp.state_of(:twin), 'queued', 'and merges nothing that was asked for after it had begun');
select throws_ok($$ select s3cache.heartbeat(987654, 'running') $$, 'P0002', null, 'an unknown worker has no heartbeat');
select throws_ok($$ select s3cache.register_worker('w', 'h', 1, s3cache.version(), '0', '{}') $$, '23514', null, 'a lease has a length');

-- Paused caches.
select pg_temp.fresh() as worker \gset
select s3cache.configure('second', paused => true) \g /dev/null
select s3cache.verify('second', prefix => 'p') as job, s3cache.verify(prefix => 'q') \gset
select is(pg_temp.claimed(:worker), 'verify q', 'the jobs of a paused cache stay');
insert into second (filename) values ('unverified.jpg');
select is(pg_temp.claimed(:worker), '', 'its new rows too');
select s3cache.configure('second', paused => false) \g /dev/null
select is(pg_temp.claimed(:worker), 'verify p, verify ', 'until it goes on');

-- Unverified rows are work by themselves.
select pg_temp.fresh() as worker \gset
truncate second;
insert into s3_image_cache (filename) values ('a');
select is(pg_temp.claimed(:worker), 'verify ', 'a plain INSERT leads to a verification');
insert into s3_image_cache (filename) values ('b');
select is(pg_temp.claimed(:worker), '', 'not to a second beside it');
delete from s3_image_cache;

-- Workers that an upgrade left behind.
select pg_temp.fresh() as worker, s3cache.register_worker('o', 'h', 2, '0.1.0', '1 minute', '{}') as other \gset
select s3cache.rebuild() as job \gset
select throws_ok(format('select s3cache.claim_jobs(%s, 10, true)', :other), '55000',
    format('This worker is version 0.1.0, and the database has been upgraded to %s, so it gets no jobs: restart it with the new program.', s3cache.version()),
    'a worker of another version gets nothing, and is told why');
select is(pg_temp.state_of(:job), 'queued', 'what it wanted waits');
select is((select array_agg(state order by id) from s3cache.workers), array['busy', 'outdated'], 'it is shown as such');
select is(s3cache.heartbeat(:other, 'running'), '{}', 'what it runs it may end');
select is(s3cache.worker_lives(), true, 'another worker lives');
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select is(count(*), 1::bigint, 'and has the job') from s3cache.listing_plan(:job, :token);
select is(s3cache.invite_helpers(:job, :token), 0, 'nor is it asked to help');
select s3cache.unregister_worker(:worker) \g /dev/null
select is(s3cache.worker_lives(), false, 'it alone is none');
select regexp_replace(s3cache.version(), '\.[^.]*$', '') as release \gset
select is(array_agg(v) filter (where s3cache.same_release(v)), array[s3cache.version(), :'release' || '.99', :'release'], 'the last number makes no difference')
from unnest(array[s3cache.version(), :'release' || '.99', :'release', :'release' || '0.0', '9.9.9', '', null]) v;

-- Copies.
select pg_temp.fresh() as worker \gset
select s3cache.rebuild() as job \gset
insert into s3cache.installation (system_identifier, database_oid) values (1, 1);
select is(s3cache.at_home(), false, 'a copy is not at home');
insert into s3cache.job (kind, cache_id, owner, state) values ('verify', 1, 'x', 'waiting') returning id as waits \gset
select is(s3cache.next_due(), null, 'waits for nothing');
delete from s3cache.job where id = :waits;
select is(pg_temp.claimed(:worker), '', 'and runs nothing');
select is((select state from s3cache.workers where id = :worker), 'held', 'which its workers show');
select is(s3cache.resume(), 1::bigint, 'resume() tells what will run');
select is(s3cache.at_home(), true, 'and makes it a home');
select is((select count(*) from s3cache.installation), 1::bigint, 'of its own');
select is(pg_temp.claimed(:worker), 'rebuild ', 'where work goes on');

-- With the snapshot of an earlier moment.
begin isolation level repeatable read;
select throws_like(format('select s3cache.claim_jobs(%s, 1, false)', :worker),
    'The transactions of role % are REPEATABLE READ, so this worker gets no jobs: ALTER ROLE % SET default_transaction_isolation = ''read committed'', and restart it.',
    'whose transactions are not READ COMMITTED is given nothing');
rollback;
begin isolation level serializable;
select throws_ok(format('select s3cache.claim_jobs(%s, 1, false)', :worker), '55000', null, 'nor is one whose are SERIALIZABLE');
rollback;

-- Waiting.
select throws_ok($$ select s3cache.wait(123456) $$, 'P0002', null, 'wait() of an unknown job');
select throws_ok($$ select s3cache.wait(null) $$, 'P0002', null, 'or NULL');
select throws_like($$ select s3cache.wait(s3cache.verify(prefix => 'own')) $$, '%this very transaction%', 'or of one''s own open transaction');
begin;
savepoint s;
select s3cache.verify(prefix => 'own') as own \gset
release s;
select throws_like(format('select s3cache.wait(%s)', :own), '%this very transaction%', 'in a subtransaction too');
rollback;
begin isolation level repeatable read;
select throws_like(format('select s3cache.wait(%s)', :job), '%REPEATABLE READ%', 'or in REPEATABLE READ');
rollback;
begin isolation level serializable;
select throws_like(format('select s3cache.wait(%s)', :job), '%SERIALIZABLE%', 'or in SERIALIZABLE');
rollback;
select is((s3cache.wait(:job, '-1 s')).state, 'running', 'a time-out that is over gives the unfinished job');
select is((select count(*) from s3cache.jobs where superseded_by is not null and state <> 'superseded'), 0::bigint, 'only superseded jobs have a survivor');
select ok((select count(*) > 0 from s3cache.metrics), 'metrics show something');
select is((select value from s3cache.metrics where name = 's3cache_jobs' and labels = '{"kind": "rebuild", "state": "running"}'), 1::double precision, 'such as running jobs');

-- A flood of the same while one runs: not every claim looks through all of it.
delete from s3cache.job; delete from s3cache.job_history; delete from s3cache.worker;
select s3cache.register_worker('flooded', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.rebuild() as first \gset
select is(array_agg(id), array[:first]::bigint[], 'one runs') from s3cache.claim_jobs(:worker, 10, false);
select s3cache.rebuild() as mine \gset
insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, priority, owner)
select j.kind, j.cache_id, j.args, j.merge_key, j.serial_key, j.priority, case when g % 1000 = 0 then 'somebody else' else j.owner end
from s3cache.job j, generate_series(1, 5000) g where j.id = :mine;
create procedure pg_temp.claim_often() language plpgsql as $$
begin
    for i in 1..10 loop
        perform s3cache.claim_jobs(w.id, 4, false) from s3cache.worker w;
    end loop;
end $$;
call pg_temp.claim_often();
select cmp_ok((select count(*) from s3cache.job where state = 'queued'), '<', 300::bigint, 'most duplicates are superseded');
select is((select count(distinct owner) from s3cache.job where state = 'queued'), 2::bigint, 'but nobody''s by somebody else''s');
select is((select count(*) from s3cache.job_history h where h.state = 'superseded' and not exists (select from s3cache.job j where j.id = h.superseded_by and j.owner = h.owner and j.state = 'queued')), 0::bigint, 'each by one that is still to run');
select is((select count(*) from s3cache.job where id = :first and state = 'running'), 1::bigint, 'and not the one that runs: it may have listed already what they want');

-- Where no request could be made, because the server asks for fewer, no attempt is spent, however often that happens.
delete from s3cache.job; delete from s3cache.worker;
select s3cache.register_worker('held back', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.read('held back') as held \gset
create procedure pg_temp.hold_back() language plpgsql as $$
begin
    for i in 1..20 loop
        update s3cache.job set run_at = clock_timestamp() where state = 'waiting';
        perform s3cache.fail_job(c.id, c.token, 'Not sent.', '{"code": "held_back", "retryable": true}')
        from s3cache.worker w, s3cache.claim_jobs(w.id, 10, false) c;
    end loop;
end $$;
call pg_temp.hold_back();
select is((select state || ' ' || attempt from s3cache.job where id = :held), 'waiting 0', 'a request that is held back is no attempt');
select ok((select run_at between clock_timestamp() and clock_timestamp() + interval '10 s' from s3cache.job where id = :held), 'and the job comes back soon');
-- Nor where a worker has no memory for it: it has not begun, so that what was asked for since is merged as ever.
delete from s3cache.job;
select s3cache.read('short') as short \gset
select s3cache.fail_job(c.id, c.token, 'No room.', '{"code": "memory_short", "retryable": true}') as state from s3cache.claim_jobs(:worker, 10, false) c \gset
select is((select :'state' || ' ' || state || ' ' || attempt || ' ' || rescues || ' ' || error from s3cache.job where id = :short), 'waiting waiting 0 0 No room.', 'a job that found no memory spends no attempt, and says so');
select ok((select run_at between clock_timestamp() and clock_timestamp() + interval '10 s' from s3cache.job where id = :short), 'and comes back soon');
-- It may have begun: a rebuild that had listed a part before.
delete from s3cache.job;
select s3cache.rebuild() as begun \gset
call pg_temp.hold_back();
select s3cache.rebuild() as later \gset
update s3cache.job set run_at = clock_timestamp() where id = :begun;
select is(array_agg(id), array[:begun]::bigint[], 'it is claimed again') from s3cache.claim_jobs(:worker, 10, false);
select is((select state from s3cache.jobs where id = :later), 'queued', 'and does not take the place of what was asked for since');
select * from finish();
