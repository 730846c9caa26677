-- A long random life of jobs, beside an oracle: a table that says, in plain SQL and after every tenth step, what each job must be.
-- The same seed gives the same life: nothing depends on clocks or on where rows lie. S3CACHE_MODEL_SEED and
-- S3CACHE_MODEL_STEPS take another one.

\set ON_ERROR_STOP on
\set QUIET on
\set seed 20260705
\set steps 10000
\getenv seed S3CACHE_MODEL_SEED
\getenv steps S3CACHE_MODEL_STEPS
select * from no_plan();
select s3cache.create_cache('other'), s3cache.configure(allowed_types => '{text,other}'), s3cache.configure('other', allowed_types => '{text,other}') \g /dev/null

create temporary table model (
    id bigint primary key, kind text not null, cache_id integer not null, filename text, merge_key text, serial_key text,
    priority integer not null, run_at timestamptz not null, state text not null default 'queued', attempt integer not null default 0,
    max_attempts integer not null, rescues integer not null default 0, deaths integer not null default 0, worker bigint, token bigint,
    is_unwanted boolean not null default false, superseded_by bigint, asked integer not null, started integer,
    size integer, is_staged boolean not null default false);
create index on model (state);
create index on model (serial_key);
create index on model (merge_key);
-- Objects where what a lost worker wrote may still arrive.
create temporary table model_late (serial_key text primary key, until timestamptz not null);
create temporary table known_token (job bigint, token bigint);
create temporary table known_worker (id bigint, is_live boolean default true, ended_at timestamptz, write_timeout interval);
create temporary table taken (step text primary key, times bigint not null);
create temporary table wrong (step integer, what text);
create temporary table life (seed bigint, step integer);
insert into life values (:seed, 0);

create function pg_temp.now_at() returns integer language sql as $$ select step from life $$;
-- The same for the same seed, step and name; at least 0, less than 1.
create function pg_temp.dice(what text) returns double precision language sql as
$$ select ('x' || substr(md5(concat_ws('/', seed, step, what)), 1, 8))::bit(32)::bigint / 4294967296.0 from life $$;
create function pg_temp.one_of(variadic choices text[]) returns text language sql as
$$ select choices[1 + floor(pg_temp.dice('one of ' || array_to_string(choices, ' ')) * cardinality(choices))::integer] $$;
create function pg_temp.random_job(states text[]) returns model language sql as $$
    select m.* from model m, life l
    where m.state = any (states) and (m.state in ('queued', 'waiting', 'running') or m.id > (select max(id) from model) - 200)
    order by md5(concat_ws('/', l.seed, l.step, m.id)) limit 1
$$;
create function pg_temp.random_worker() returns bigint language sql as
$$ select w.id from known_worker w, life l where w.is_live order by md5(concat_ws('/', l.seed, l.step, w.id)) limit 1 $$;
create function pg_temp.count_step(name text, times bigint default 1) returns void language sql as
$$ insert into taken values (name, count_step.times) on conflict (step) do update set times = taken.times + excluded.times $$;
create function pg_temp.expect(holds boolean, what text) returns void language sql as
$$ insert into wrong select pg_temp.now_at(), what where holds is not true $$;

-- ---------------------------------------------------------------- the oracle

create function pg_temp.model_ends(ids bigint[], ended text, survivor bigint default null) returns void language sql as $$
    update model set state = ended, superseded_by = survivor, is_staged = is_staged and ended = 'failed' where id = any (ids)
$$;
-- The later duplicates that are queued; of a read those before the next other job on its object.
create function pg_temp.model_merges(survivor bigint) returns void language plpgsql as $$
declare
    ids bigint[] := array(
        select d.id from model d, model s
        where s.id = survivor and d.merge_key = s.merge_key and d.state = 'queued' and d.id > s.id
            and (s.kind <> 'read' or not exists (
                select from model b
                where b.serial_key = s.serial_key and b.kind <> 'read' and b.id between s.id and d.id
                    and b.state in ('queued', 'waiting', 'running'))));
begin
    perform pg_temp.model_ends(ids, 'superseded', survivor);
    perform pg_temp.count_step('merged', cardinality(ids)) where cardinality(ids) > 0;
end $$;
-- Jobs that lost their worker. What wrote to the bucket waits.
create function pg_temp.model_loses(ids bigint[]) returns void language plpgsql as $$
begin
    perform pg_temp.model_ends(array(select id from model where id = any (ids) and is_unwanted), 'cancelled');
    update model set state = case when kind in ('upload', 'delete_object') then 'waiting' else 'queued' end,
        run_at = coalesce((select l.until from model_late l where l.serial_key = model.serial_key), run_at), attempt = attempt - 1, rescues = rescues + 1, worker = null, token = null
    where id = any (ids) and state = 'running';
end $$;
create function pg_temp.model_writes_late(ids bigint[], is_leaving boolean) returns void language sql as $$
    insert into model_late as l
    select m.serial_key,
        case when is_leaving then clock_timestamp() else w.ended_at end + w.write_timeout + coalesce(m.size, 0) / 262144.0 * interval '1 second'
    from model m join known_worker w on w.id = m.worker
    where m.id = any (ids) and m.kind in ('upload', 'delete_object')
    on conflict (serial_key) do update set until = greatest(l.until, excluded.until)
$$;
create function pg_temp.model_rescues() returns void language plpgsql as $$
declare
    lost bigint[] := array(
        select m.id from model m
        where m.state = 'running' and not exists (select from known_worker w where w.id = m.worker and w.is_live));
begin
    update model set deaths = deaths + 1 where id = any (lost);
    perform pg_temp.model_writes_late(lost, false);
    perform pg_temp.model_ends(array(select id from model where id = any (lost) and deaths >= 3 and not is_unwanted), 'failed');
    perform pg_temp.count_step('poison', count(*)) from model where id = any (lost) and state = 'failed' having count(*) > 0;
    perform pg_temp.count_step('rescued', count(*)) from model where id = any (lost) and state = 'running' having count(*) > 0;
    perform pg_temp.model_loses(lost);
end $$;
create function pg_temp.model_promotes() returns void language plpgsql as $$
begin
    update model set state = 'queued' where state = 'waiting' and run_at <= clock_timestamp();
    delete from model_late where until <= clock_timestamp();
    -- Somebody asked again since it was started.
    update model w set state = 'queued', run_at = clock_timestamp()
    where w.state = 'waiting' and w.attempt > 0
        and exists (select from model q where q.merge_key = w.merge_key and q.state = 'queued' and q.asked > w.started);
end $$;
-- By priority, then by age; but the first of the long ones before all others once it has waited for a minute.
create function pg_temp.model_next(max_jobs integer, max_long integer, paused integer[]) returns bigint[] language sql as $$
    with eligible as (
        select m.*, sum((m.priority >= 10)::integer) over (order by m.priority, m.run_at, m.id) as long_ones
        from model m
        where m.state = 'queued' and m.cache_id <> all (paused)
            and not exists (select from model e where e.state = 'running' and (e.serial_key = m.serial_key or e.merge_key = m.merge_key))
            and not exists (select from model e where e.state = 'queued' and e.merge_key = m.merge_key and e.id < m.id)
            and not exists (select from model_late l where l.serial_key = m.serial_key)
            and not exists (
                select from model e
                where e.serial_key = m.serial_key and e.id < m.id
                    and (e.state = 'queued' or e.state = 'waiting' and e.serial_key like 'object:%'))
    ), next as (
        select e.*
        from eligible e
        where e.priority < 10 or e.long_ones <= max_long
        order by e.priority >= 10 and e.long_ones = 1 and e.run_at < clock_timestamp() - interval '1 minute' desc, e.priority, e.run_at, e.id
        limit max_jobs)
    select array(select n.id from next n order by n.priority, n.run_at, n.id)
$$;

-- ---------------------------------------------------------------- steps: each does one thing to both

-- Times are those of the test, so that what is due does not depend on how fast it runs.
create function pg_temp.set_time(moved bigint, due boolean) returns void language plpgsql as $$
declare
    moment timestamptz := case when due then timestamptz '2000-01-01' else timestamptz '2100-01-01' end + pg_temp.now_at() * interval '1 hour';
begin
    update s3cache.job set run_at = moment where id = moved;
    update model set run_at = moment where id = moved;
end $$;
-- Nothing of it can arrive any more.
create function pg_temp.set_late(key text) returns void language sql as $$
    update s3cache.late_write set until = '2000-01-01' where serial_key = key;
    update model_late set until = '2000-01-01' where serial_key = key;
$$;
create function pg_temp.adopt(new_id bigint) returns void language plpgsql as $$
begin
    insert into model (id, kind, cache_id, filename, merge_key, serial_key, priority, run_at, max_attempts, asked, size, is_staged)
    select j.id, j.kind, j.cache_id, j.args ->> 'filename', j.merge_key, j.serial_key, j.priority, j.run_at, j.max_attempts,
        pg_temp.now_at(), (j.args ->> 'size')::integer, j.kind = 'upload'
    from s3cache.job j where j.id = new_id and j.state = 'queued';
    perform pg_temp.set_time(new_id, true);
end $$;
create function pg_temp.step_enqueue() returns void language plpgsql as $$
declare
    in_cache text := case when pg_temp.dice('cache') < 0.7 then 's3_image_cache' else 'other' end;
    name text := pg_temp.one_of('a', 'b', 'c', 'd', 'e');
    enqueued bigint;
begin
    enqueued := case floor(pg_temp.dice('kind') * 10)
        when 0 then s3cache.delete_object(name, in_cache)
        when 1 then s3cache.upload(name, decode(repeat('00', 1 + floor(pg_temp.dice('size') * 1000)::integer), 'hex'), cache => in_cache)
        when 2 then s3cache.upload(name, 'x', cache => in_cache)
        when 3 then s3cache.read(name, cache => in_cache)
        when 4 then s3cache.read(name, cache => in_cache)
        when 5 then s3cache.read(name, 100, cache => in_cache)
        when 6 then s3cache.rebuild(in_cache)
        when 7 then s3cache.rebuild(in_cache, prefix => name)
        when 8 then s3cache.verify(in_cache, prefix => case when pg_temp.dice('prefix') < 0.5 then name end)
        else s3cache.presign(array[name], in_cache)
    end;
    if pg_temp.dice('attempts') < 0.3 then
        update s3cache.job set max_attempts = 2 where id = enqueued;
    end if;
    perform pg_temp.adopt(enqueued);
    perform pg_temp.count_step('enqueued ' || (select kind from model where id = enqueued));
end $$;
create function pg_temp.step_claim() returns void language plpgsql as $$
declare
    claimer bigint := pg_temp.random_worker();
    wanted integer := pg_temp.one_of('1', '1', '2', '3', '5', '100');
    max_long integer := case when pg_temp.dice('long') < 0.3 then floor(pg_temp.dice('long ones') * 3)::integer end;
    paused integer[] := array(select cache_id from s3cache.cache_setting s where s.paused);
    before bigint := (select coalesce(max(token), 0) from known_token);
    held bigint[] := case when pg_temp.dice('held') < 0.7 then array(select id from model where worker = claimer and state = 'running') end;
    expected bigint[];
    got record;
begin
    -- Rows in doubt would bring verify jobs that nobody asked for.
    delete from s3cache.object;
    perform pg_temp.model_rescues();
    perform pg_temp.model_promotes();
    -- Which of those that became due in this very moment comes first is nobody's business.
    if (select count(*) from model where state = 'queued' and run_at between clock_timestamp() - interval '10 s' and clock_timestamp()) > 1 then
        wanted := 100;
        max_long := null;
    end if;
    expected := pg_temp.model_next(wanted, coalesce(max_long, wanted), paused);
    select coalesce(array_agg(c.id order by c.o), '{}') as ids, array_agg(c.token order by c.o) as tokens,
        array_agg(c.attempt order by c.o) as attempts into got
    from s3cache.claim_jobs(claimer, wanted, false, held, max_long) with ordinality as c (id, token, kind, cache, args, attempt, max_attempts, o);
    perform pg_temp.expect(
        got.ids = expected
            or (wanted = 100 and (select array_agg(i order by i) from unnest(got.ids) i) = (select array_agg(i order by i) from unnest(expected) i)),
        format('claim of %s (%s long) gave %s and not %s', wanted, max_long, got.ids, expected));
    perform pg_temp.expect(not exists (select from unnest(got.tokens) t where t <= before), 'a token is not larger than all before');
    insert into known_token select * from unnest(got.ids, got.tokens);
    update model m set state = 'running', attempt = m.attempt + 1, worker = claimer, is_unwanted = false, started = pg_temp.now_at(),
        token = g.token
    from unnest(got.ids, got.tokens) as g (id, token) where m.id = g.id;
    perform pg_temp.expect(
        got.attempts is not distinct from (select array_agg(m.attempt order by g.o) from unnest(got.ids) with ordinality as g (id, o) join model m using (id)),
        'the attempts that a claim tells');
    perform pg_temp.model_merges(m.id) from model m where m.id = any (got.ids) and m.merge_key is not null and m.attempt = 1 and m.rescues = 0;
    -- When what was promoted at this very moment was due is the engine's to say.
    update model m set run_at = j.run_at from s3cache.job j
    where j.id = m.id and m.state in ('queued', 'running') and m.run_at between clock_timestamp() - interval '1 min' and clock_timestamp() and j.run_at <= clock_timestamp();
    perform pg_temp.count_step('claimed', cardinality(got.ids));
end $$;
-- The answer to a claim, or the report of an end, was lost: the worker does not know that it holds the job.
create function pg_temp.step_lose() returns void language plpgsql as $$
declare
    job model := pg_temp.random_job(array['running']);
    unwanted boolean := job.is_unwanted;
    final boolean := job.attempt >= job.max_attempts;
begin
    if job.id is null or not exists (select from known_worker w where w.id = job.worker and w.is_live) then
        return;
    end if;
    delete from s3cache.object;
    perform pg_temp.model_rescues();
    perform s3cache.claim_jobs(job.worker, 0, false, array(select m.id from model m where m.worker = job.worker and m.state = 'running' and m.id <> job.id));
    if unwanted then
        perform pg_temp.model_ends(array[job.id], 'cancelled');
    elsif final then
        perform pg_temp.model_ends(array[job.id], 'failed');
    else
        update model set state = 'waiting', run_at = '2100-01-01', worker = null, token = null where id = job.id;
    end if;
    perform pg_temp.model_promotes();
    -- With a delay of nearly nothing it is due already.
    update model m set state = j.state, run_at = j.run_at from s3cache.job j where m.id = job.id and j.id = m.id and m.state = 'waiting' and j.state = 'queued';
    update model m set run_at = j.run_at from s3cache.job j
    where j.id = m.id and m.state in ('queued', 'running') and m.run_at between clock_timestamp() - interval '1 min' and clock_timestamp() and j.run_at <= clock_timestamp();
    if (select state from model where id = job.id) = 'waiting' then
        perform pg_temp.set_time(job.id, pg_temp.dice('due') < 0.5);
    end if;
    perform pg_temp.count_step('lost');
end $$;
create function pg_temp.step_complete() returns void language plpgsql as $$
declare
    job model := pg_temp.random_job(array['running']);
    batch bigint[];
begin
    case
        when job.id is null then return;
        when job.kind = 'upload' then
            perform s3cache.complete_upload(job.id, job.token, 'e', job.size, null, null, null, null);
        when job.kind = 'delete_object' then
            perform s3cache.complete_deletion(job.id, job.token);
        when job.kind = 'read' then
            perform s3cache.complete_read(job.id, job.token, case when pg_temp.dice('found') < 0.8 then 'x'::bytea end, 'e', null);
            perform pg_temp.model_merges(job.id);
        else
            -- Several in one statement, with one whose token is no more.
            batch := array(select m.id from model m where m.state = 'running' and m.kind = job.kind and (m.id = job.id or m.id % 2 = 0) order by m.id);
            perform pg_temp.expect(
                (select array_agg(i order by i) from unnest(s3cache.complete_jobs(
                    batch || array[batch[1], 999999999],
                    array(select m.token from model m where m.id = any (batch) order by m.id) || array[0, 1]::bigint[],
                    array_fill('{}'::jsonb, array[cardinality(batch) + 2]))) i) = batch,
                'complete_jobs() gives those whose token was good');
            perform pg_temp.model_ends(batch, 'done');
            perform pg_temp.count_step('done', cardinality(batch));
            return;
    end case;
    perform pg_temp.model_ends(array[job.id], 'done');
    perform pg_temp.count_step('done');
end $$;
create function pg_temp.step_fail() returns void language plpgsql as $$
declare
    job model := pg_temp.random_job(array['running']);
    retryable boolean := pg_temp.dice('retryable') < 0.7;
    expected text := case when job.is_unwanted then 'cancelled' when retryable and job.attempt < job.max_attempts then 'waiting' else 'failed' end;
    said text;
begin
    if job.id is null then
        return;
    end if;
    said := s3cache.fail_job(job.id, job.token, 'No.', jsonb_build_object('retryable', retryable));
    perform pg_temp.expect(said = expected, format('fail_job() of %s gave %s and not %s', job.id, said, expected));
    if expected = 'waiting' then
        perform pg_temp.expect(
            (select j.run_at between clock_timestamp() - interval '1 min' and clock_timestamp() + least(interval '10 min', power(2, job.attempt) * interval '1 s')
                from s3cache.job j where j.id = job.id),
            'the delay of a retry');
        update model set state = 'waiting', worker = null, token = null where id = job.id;
        perform pg_temp.set_time(job.id, pg_temp.dice('due') < 0.6);
    else
        perform pg_temp.model_ends(array[job.id], expected);
    end if;
    perform pg_temp.count_step('failed: ' || expected);
end $$;
create function pg_temp.step_cancel() returns void language plpgsql as $$
declare
    job model := pg_temp.random_job(string_to_array(pg_temp.one_of('queued', 'waiting', 'running', 'running', 'done failed cancelled superseded'), ' '));
    is_live boolean := job.state in ('queued', 'waiting', 'running');
begin
    if job.id is null then
        return;
    end if;
    perform pg_temp.expect(s3cache.cancel(job.id) = is_live, format('cancel(%s) in state %s', job.id, job.state));
    if job.state = 'running' then
        update model set is_unwanted = true where id = job.id;
        perform pg_temp.expect(job.id = any (s3cache.heartbeat(job.worker, 'running', array[job.id])), 'the heartbeat tells')
        where exists (select from known_worker w where w.id = job.worker and w.is_live);
    elsif is_live then
        perform pg_temp.model_ends(array[job.id], 'cancelled');
    end if;
    perform pg_temp.count_step('cancel ' || case when is_live then job.state else 'ended' end);
end $$;
create function pg_temp.step_stop() returns void language plpgsql as $$
declare
    job model := pg_temp.random_job(array['running']);
begin
    if pg_temp.dice('unwanted') < 0.7 then
        select m.* into job from model m where m.state = 'running' and m.is_unwanted order by m.id limit 1;
    end if;
    if job.id is null then
        return;
    end if;
    perform pg_temp.expect(s3cache.cancel_claimed_job(job.id, job.token) = job.is_unwanted, 'a worker stops what is unwanted, and nothing else');
    if job.is_unwanted then
        perform pg_temp.model_ends(array[job.id], 'cancelled');
        perform pg_temp.count_step('stopped');
    end if;
end $$;
create function pg_temp.step_retry() returns void language plpgsql as $$
declare
    job model := pg_temp.random_job(case when pg_temp.dice('which') < 0.8 then array['waiting', 'failed', 'cancelled'] else array['queued', 'running', 'done', 'superseded'] end);
    new_id bigint;
begin
    if job.id is null then
        return;
    end if;
    begin
        new_id := s3cache.retry(job.id);
    exception when object_not_in_prerequisite_state then
        null;
    end;
    if job.state = 'waiting' then
        perform pg_temp.expect(new_id = job.id, format('retry(%s) of a waiting job gave %s', job.id, new_id));
        update model set state = 'queued' where id = job.id;
        perform pg_temp.set_time(job.id, true);
    elsif job.state in ('failed', 'cancelled') and (job.kind <> 'upload' or job.is_staged) then
        perform pg_temp.expect(new_id > job.id, format('retry(%s) of a %s job gave %s', job.id, job.state, new_id));
        update model set is_staged = false where id = job.id;
        perform pg_temp.adopt(new_id);
    else
        perform pg_temp.expect(new_id is null, format('retry(%s) of %s in state %s gave %s', job.id, job.kind, job.state, new_id));
        perform pg_temp.count_step('retry refused');
        return;
    end if;
    perform pg_temp.count_step('retry ' || job.state);
end $$;
-- With a token of an earlier claim nothing can be done.
create function pg_temp.step_stale() returns void language plpgsql as $$
declare
    old known_token;
    refused integer := 0;
begin
    select k.* into old from known_token k, life l
    where not exists (select from model m where m.id = k.job and m.token = k.token and m.state = 'running')
    order by md5(concat_ws('/', l.seed, l.step, k.token)) limit 1;
    if old.job is null then
        return;
    end if;
    begin perform s3cache.complete_upload(old.job, old.token, 'e', 1, null, null, null, null); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    begin perform s3cache.complete_deletion(old.job, old.token); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    begin perform s3cache.complete_read(old.job, old.token, 'x', 'e', null); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    begin perform s3cache.complete_rebuild(old.job, old.token, '{}'); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    begin perform s3cache.complete_presign(old.job, old.token, '{}', '{}', '{}'); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    begin perform s3cache.hold_claim(old.job, old.token); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    begin perform s3cache.report_progress(old.job, old.token, 1, 2); exception when sqlstate 'S3C01' then refused := refused + 1; end;
    perform pg_temp.expect(refused = 7, format('with the stale token %s of %s, %s of 7 were refused', old.token, old.job, refused));
    perform pg_temp.expect(s3cache.complete_jobs(array[old.job], array[old.token], array['{}'::jsonb]) = '{}', 'complete_jobs() with a stale token');
    perform pg_temp.expect(s3cache.fail_job(old.job, old.token, 'No.', '{"retryable": true}') is null, 'fail_job() with a stale token');
    perform pg_temp.expect(not s3cache.cancel_claimed_job(old.job, old.token), 'cancel_claimed_job() with a stale token');
    delete from known_token k where k.token < old.token - 2000;
    perform pg_temp.count_step('stale token');
end $$;
create function pg_temp.new_worker() returns void language plpgsql as $$
declare
    patience interval := pg_temp.one_of('10 min', '20 min', '40 min')::interval;
begin
    insert into known_worker (id, write_timeout) values (s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}', patience), patience);
end $$;
create function pg_temp.step_die() returns void language plpgsql as $$
declare
    dead bigint := pg_temp.random_worker();
    -- Just now, so that what it wrote is waited for; or long ago.
    last_beat timestamptz := case when pg_temp.dice('when') < 0.5 then clock_timestamp() - interval '1 hour 1 s' else timestamptz '2000-01-01' end;
begin
    update s3cache.worker set heartbeat_at = last_beat where id = dead;
    update known_worker set is_live = false, ended_at = last_beat + interval '1 hour' where id = dead;
    perform pg_temp.new_worker();
    perform pg_temp.count_step('died');
    if pg_temp.dice('rescue') < 0.5 then
        perform pg_temp.expect(
            s3cache.rescue_jobs() = (select count(*) from model m join known_worker w on w.id = m.worker
                    where not w.is_live and m.state = 'running' and not m.is_unwanted and m.deaths < 2),
            'rescue_jobs() gives the number');
        perform pg_temp.model_rescues();
    else
        begin
            perform s3cache.claim_jobs(dead, 1, false);
            perform pg_temp.expect(false, 'a dead worker claims');
        exception when no_data_found then
            null;
        end;
    end if;
end $$;
create function pg_temp.step_leave() returns void language plpgsql as $$
declare
    leaving bigint := pg_temp.random_worker();
    lost bigint[] := array(select id from model where worker = leaving and state = 'running');
begin
    perform pg_temp.model_writes_late(lost, true);
    perform s3cache.unregister_worker(leaving);
    perform pg_temp.expect(
        not exists (
            select from model_late m full join s3cache.late_write l using (serial_key)
            where (l.until between m.until and clock_timestamp() + interval '1 s' + (m.until - clock_timestamp())) is not true
                and l.until is distinct from m.until),
        'what a leaving worker wrote may arrive until its write time-out is over');
    update model_late m set until = l.until from s3cache.late_write l where l.serial_key = m.serial_key;
    perform pg_temp.model_loses(lost);
    update known_worker set is_live = false where id = leaving;
    perform pg_temp.new_worker();
    perform pg_temp.count_step('left');
end $$;
-- Time passes: what waits is due.
create function pg_temp.step_wait() returns void language plpgsql as $$
begin
    perform pg_temp.set_time(m.id, true) from (select id from model where state = 'waiting' order by id) m where pg_temp.dice('due ' || m.id) < 0.5;
    perform pg_temp.set_late(l.serial_key) from (select serial_key from model_late order by 1) l where pg_temp.dice('late ' || l.serial_key) < 0.3;
    perform pg_temp.count_step('waited');
end $$;
create function pg_temp.step_pause() returns void language plpgsql as $$
declare
    which text := pg_temp.one_of('s3_image_cache', 'other');
begin
    perform s3cache.configure(which, paused => not c.paused) from s3cache.cache c where c.name = which;
    perform pg_temp.count_step('paused or not');
end $$;

-- ---------------------------------------------------------------- comparing

create function pg_temp.compare(everything boolean) returns void language sql as $$
    insert into wrong
    select pg_temp.now_at(), format('expected %s, is %s', m, j)
    from (select id, state, attempt, rescues, deaths, worker, token, is_unwanted, run_at from model where state in ('queued', 'waiting', 'running')) m
    full join (select id, state, attempt, rescues, worker_deaths, worker_id, claim_token, cancel_requested, run_at from s3cache.job) j on j.id = m.id
    where (j.state, j.attempt, j.rescues, j.worker_deaths, j.worker_id, j.claim_token, j.cancel_requested, j.run_at)
        is distinct from (m.state, m.attempt, m.rescues, m.deaths, m.worker, m.token, m.is_unwanted, m.run_at);
    insert into wrong
    select pg_temp.now_at(), format('late writes: expected %s, are %s', m, l)
    from model_late m full join s3cache.late_write l using (serial_key) where m.until is distinct from l.until;
    insert into wrong
    select pg_temp.now_at(), format('expected %s, ended as %s', m, h)
    from (select id, state, attempt, superseded_by from model where state in ('done', 'failed', 'cancelled', 'superseded')) m
    full join (select id, state, attempt, superseded_by from s3cache.job_history) h on h.id = m.id
    where everything and (h.state, h.attempt, h.superseded_by) is distinct from (m.state, m.attempt, m.superseded_by);
    insert into wrong
    select pg_temp.now_at(), format('staged bytes: expected of %s, are of %s', m.id, s.job_id)
    from (select id from model where is_staged) m full join s3cache.staged_content s on s.job_id = m.id
    where everything and (m.id is null or s.job_id is null);
$$;

create procedure pg_temp.live(steps integer) language plpgsql as $$
declare
    action double precision;
begin
    for i in 1..3 loop
        perform pg_temp.new_worker();
    end loop;
    for number in 1..steps loop
        update life set step = number;
        action := pg_temp.dice('action');
        case
            -- Now more is asked for than done, now less.
            when action < (case when number % 1000 < 500 then 0.32 else 0.2 end) then perform pg_temp.step_enqueue();
            when action < 0.52 then perform pg_temp.step_claim();
            when action < 0.67 then perform pg_temp.step_complete();
            when action < 0.76 then perform pg_temp.step_fail();
            when action < 0.81 then perform pg_temp.step_cancel();
            when action < 0.83 then perform pg_temp.step_stop();
            when action < 0.87 then perform pg_temp.step_retry();
            when action < 0.89 then perform pg_temp.step_stale();
            when action < 0.935 then perform pg_temp.step_die();
            when action < 0.945 then perform pg_temp.step_leave();
            when action < 0.955 then perform pg_temp.step_lose();
            when action < 0.995 then perform pg_temp.step_wait();
            else perform pg_temp.step_pause();
        end case;
        if number % 10 = 0 then
            perform pg_temp.compare(number % 100 = 0);
        end if;
        commit;
        exit when exists (select from wrong);
    end loop;
    perform s3cache.configure('s3_image_cache', paused => false);
    perform s3cache.configure('other', paused => false);
    -- To the end: nothing is stuck.
    for number in steps + 1..steps + 2000 loop
        exit when exists (select from wrong) or not exists (select from model where state in ('queued', 'waiting', 'running'));
        update life set step = number;
        perform pg_temp.step_wait();
        perform pg_temp.step_claim();
        perform pg_temp.step_complete();
        perform pg_temp.compare(number % 50 = 0);
        commit;
    end loop;
    perform pg_temp.compare(true);
end $$;

select diag('seed ' || :'seed' || ', ' || :'steps' || ' steps');
call pg_temp.live(:steps);
select is((select format('step %s: %s', step, left(what, 2000)) from wrong limit 1), null, 'after every tenth step the jobs are what the oracle says (seed ' || :'seed' || ')');
select is((select string_agg(id || ' ' || kind || ' ' || state, ', ') from model where state in ('queued', 'waiting', 'running')), null, 'all end');
select is((select count(*) from s3cache.job), 0::bigint, 'in the database too');
select is((select string_agg(step || ': ' || times, ', ') from taken where times < 10), null, 'each kind of step was taken often');
select cmp_ok((select count(*) from taken), '>=', 25::bigint, 'all of them');
select diag(string_agg(step || ': ' || times, ', ' order by step)) from taken;
select * from finish();
