-- What becomes of jobs whose workers die, leave or stand still.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
select s3cache.configure(allowed_types => '{text,other}') \g /dev/null
create function pg_temp.fresh() returns bigint language plpgsql as $$
begin
    delete from s3cache.job; delete from s3cache.job_history; delete from s3cache.worker; delete from s3cache.freed_key; delete from s3cache.late_write; delete from s3cache.staged_content;
    return s3cache.register_worker('w', 'h', 1, s3cache.version(), '30 s', '{}', '2 min');
end $$;
create function pg_temp.dies(worker bigint) returns bigint language sql as $$
    update s3cache.worker set heartbeat_at = clock_timestamp() - interval '40 s' where id = dies.worker;
    select s3cache.register_worker('next', 'h', 1, s3cache.version(), '30 s', '{}', '2 min');
$$;
create function pg_temp.looks(job bigint) returns text language sql as $$
    select concat_ws(' ', state, attempt, rescues, worker_deaths) from s3cache.job j where j.id = looks.job
$$;

-- Jobs that write wait until what was sent cannot land any more; others run at once.
select pg_temp.fresh() as worker \gset
select s3cache.upload('up', '123'::bytea) as up, s3cache.delete_object('del') as del, s3cache.read('read') as read, s3cache.rebuild() as rebuild, s3cache.upload('up', 'later'::bytea) as behind \gset
select is(count(*), 4::bigint, 'four run') from s3cache.claim_jobs(:worker, 10, false);
select pg_temp.dies(:worker) as next \gset
select is(string_agg(kind, ' ' order by kind), 'read rebuild', 'the next worker gets those that only read at once') from s3cache.claim_jobs(:next, 10, false);
select is(pg_temp.looks(j), 'waiting 0 1 1', 'those that write wait, and no attempt is spent') from unnest(array[:up, :del]::bigint[]) j;
select ok((select run_at between w.heartbeat_at + interval '2 min 30 s' and w.heartbeat_at + interval '2 min 31 s' from s3cache.job j, s3cache.worker w where j.id = :up and w.id = :worker), 'for the lease and the write time-out, from the last heartbeat on');
select is(pg_temp.looks(:behind), 'queued 0 0 0', 'what is behind them stays there');
-- What is larger than 16 MiB goes in parts, which change no object.
create function pg_temp.waits(asked bigint, lost bigint, bytes bigint, saved jsonb) returns interval language plpgsql as $$
begin
    update s3cache.job set args = args || jsonb_build_object('size', bytes), state = 'running', claim_token = 0, worker_id = lost, worker_deaths = 0 where id = asked;
    delete from s3cache.late_write;
    delete from s3cache.unfinished_upload;
    insert into s3cache.unfinished_upload (job_id, cache_id, object_key, upload_id, checkpoint, claim_token) select asked, 1, 'up', 'id', saved, 0 where saved is not null;
    perform s3cache.rescue_jobs();
    delete from s3cache.unfinished_upload;
    return (select j.run_at - w.heartbeat_at - w.lease from s3cache.job j, s3cache.worker w where j.id = asked and w.id = lost);
end $$;
select is(pg_temp.waits(:up, :worker, size, checkpoint::jsonb), time::interval, what)
from (values
    (2621440, null, '2 min 10 s', 'and a second for each 256 KiB'), (16777216, '{"parts": []}', '3 min 4 s', 'as long as all goes at once'),
    (1073741824, '{"parts": []}', '0', 'not for parts'), (1073741824, '{"isCompleting": true}', '1 h 10 min 16 s', 'but for what makes the object of them'),
    (1073741824, null, '3 min 4 s', 'and for what had not come to that, as far as is known')) v (size, checkpoint, time, what);
update s3cache.job set kind = 'upload_file' where id = :up;
select is(pg_temp.waits(:up, :worker, null, null), '2 min 4 s'::interval, 'a file that nothing is known of has a megabyte at most');
update s3cache.job set kind = 'upload' where id = :up;
select is(s3cache.cancel(:up), true, 'whoever cancels it meanwhile');
select is((select state from s3cache.jobs where id = :up), 'cancelled', 'does not wait');

-- A worker that leaves.
select pg_temp.fresh() as worker \gset
select s3cache.upload('up', '123'::bytea) as up, s3cache.rebuild() as rebuild \gset
select is(count(*), 2::bigint, 'two run') from s3cache.claim_jobs(:worker, 10, false);
select s3cache.unregister_worker(:worker) \g /dev/null
select is(pg_temp.looks(:rebuild), 'queued 0 1 0', 'what it hands back is queued, and nobody died');
select ok(pg_temp.looks(:up) = 'waiting 0 1 0' and (select run_at between clock_timestamp() + interval '1 min 50 s' and clock_timestamp() + interval '2 min 1 s' from s3cache.job where id = :up), 'a write that it broke off waits');

-- Poison.
select pg_temp.fresh() as worker \gset
select s3cache.rebuild() as poison, s3cache.upload('p', '123'::bytea) as up \gset
create procedure pg_temp.die_thrice() language plpgsql as $$
declare
    worker bigint := (select max(id) from s3cache.worker);
begin
    for i in 1..3 loop
        update s3cache.job set state = 'queued' where state = 'waiting';
        update s3cache.late_write set until = clock_timestamp();
        perform s3cache.claim_jobs(worker, 10, false);
        worker := pg_temp.dies(worker);
        perform s3cache.rescue_jobs();
    end loop;
end $$;
call pg_temp.die_thrice();
select is((select concat_ws(' ', state, result #>> '{error,code}', result #>> '{error,retryable}') from s3cache.jobs where id = j), 'failed poison false', 'what three workers died of fails')
from unnest(array[:poison, :up]::bigint[]) j;
select matches((select error from s3cache.jobs where id = :poison), 'Three workers died', 'and says so');
select is((select count(*) from s3cache.staged_content where job_id = :up), 1::bigint, 'the bytes stay for a retry');
select s3cache.retry(:up) as again \gset
select is(pg_temp.looks(:again), 'queued 0 0 0', 'which begins anew');
select pg_temp.fresh() as worker \gset
select s3cache.rebuild() as unwanted \gset
select s3cache.claim_jobs(:worker, 10, false) \g /dev/null
update s3cache.job set worker_deaths = 2;
select s3cache.cancel(:unwanted) \g /dev/null
select pg_temp.dies(:worker) \g /dev/null
select s3cache.rescue_jobs() \g /dev/null
select is((select state from s3cache.jobs where id = :unwanted), 'cancelled', 'what was to be cancelled ends so, the third time too');

-- Whatever becomes of a write whose worker was lost: nothing else is done to its object before it can have no effect any more.
create function pg_temp.claims(worker bigint) returns bigint[] language sql as $$
    select coalesce(array_agg(id order by id), '{}') from s3cache.claim_jobs(worker, 10, false)
$$;
create function pg_temp.completes(job bigint) returns void language sql as $$
    select s3cache.complete_upload(j.id, j.claim_token, 'e', (j.args ->> 'size')::bigint, null, null, null, null) from s3cache.job j where j.id = completes.job
$$;
-- Two uploads to one object; the worker of the first is lost, and something happens to that before or after.
create procedure pg_temp.loses_a_write(before text, after text, inout job bigint, inout later bigint, inout next bigint) language plpgsql as $$
begin
    next := pg_temp.fresh();
    delete from s3_image_cache;
    insert into s3_image_cache (filename) values ('w');
    update s3cache.object set state = 'present';
    job := s3cache.upload('w', 'old');
    later := s3cache.upload('w', 'new');
    perform pg_temp.claims(next);
    execute format(before, job);
    next := pg_temp.dies(next);
    perform pg_temp.claims(next);
    execute format(after, job);
end $$;
create function pg_temp.is_over() returns void language sql as $$ update s3cache.late_write set until = clock_timestamp() $$;

call pg_temp.loses_a_write('select', 'select s3cache.retry(%s)', null, null, null) \gset
select is((select state from s3cache.jobs where id = :job), 'queued', 'what is retried at once');
select is(pg_temp.claims(:next), '{}', 'waits all the same, and so does what is behind it');
select pg_temp.is_over() \g /dev/null
select is(pg_temp.claims(:next), array[:job]::bigint[], 'until its time is over');
select pg_temp.completes(:job) \g /dev/null
select is(pg_temp.claims(:next), array[:later]::bigint[], 'then comes the next');

call pg_temp.loses_a_write('select', 'select s3cache.cancel(%s)', null, null, null) \gset
select is((select state from s3cache.jobs where id = :job), 'cancelled', 'what is cancelled after its worker was lost ends at once');
select is(pg_temp.claims(:next), '{}', 'but the next on the object waits');
update s3cache.object set state = 'present' where filename = 'w';
select pg_temp.is_over() \g /dev/null
select is(pg_temp.claims(:next), array[:later]::bigint[], 'until what was sent can have no effect any more');
select is((select count(*) from s3cache.late_write), 0::bigint, 'which is forgotten then');

call pg_temp.loses_a_write('select s3cache.cancel(%s)', 'select', null, null, null) \gset
select is((select state from s3cache.jobs where id = :job), 'cancelled', 'the same of what was to be cancelled when its worker died');
select is(pg_temp.claims(:next), '{}', 'nothing overtakes');
select pg_temp.is_over() \g /dev/null
select is(pg_temp.claims(:next), array[:later]::bigint[], 'what it had sent');

call pg_temp.loses_a_write('update s3cache.job set worker_deaths = 2 where id = %s', 'select', null, null, null) \gset
select is((select result #>> '{error,code}' from s3cache.jobs where id = :job), 'poison', 'the same of poison');
select is(pg_temp.claims(:next), '{}', 'whose third worker');
select s3cache.cancel(:later) \g /dev/null
delete from s3cache.job where kind = 'verify';
update s3cache.object set state = 'present' where filename = 'w';
select is(pg_temp.claims(:next), '{}', '(nothing is on the object now)');
select is((select state from s3_image_cache where filename = 'w'), 'present', '(the row was looked at in the meantime)');
select pg_temp.is_over() \g /dev/null
select pg_temp.claims(:next) \g /dev/null
select is((select state from s3_image_cache where filename = 'w'), 'unverified', 'may have been heard late: the row is in doubt again when its time is over');
delete from s3_image_cache;

-- Standing still.
select pg_temp.fresh() as worker \gset
select s3cache.rebuild() as still, s3cache.rebuild(prefix => 'x') as other \gset
update s3cache.job set serial_key = id;
select s3cache.claim_jobs(:worker, 10, false) \g /dev/null
update s3cache.job set started_at = clock_timestamp() - interval '61 min';
select s3cache.report_progress(:other, (select claim_token from s3cache.job where id = :other), 1, null) \g /dev/null
select is(s3cache.rescue_jobs(), 1, 'without progress for its time_limit a job is taken from its worker, though that lives');
select is(pg_temp.looks(:still), 'queued 0 1 1', 'as if it had died');
select is(pg_temp.looks(:other), 'running 1 0 0', 'and one that gets on stays');
select is(s3cache.heartbeat(:worker, 'running', array[:still, :other]), array[:still]::bigint[], 'the worker hears that it is to stop');
select * from finish();
