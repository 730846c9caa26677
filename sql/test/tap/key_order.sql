-- Jobs on one object run one at a time, in the order of their ids, and equal reads become one.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.state_of(job bigint) returns text language sql as $$ select state from s3cache.jobs where id = job $$;
create function pg_temp.fresh() returns bigint language plpgsql as $$
begin
    delete from s3cache.job; delete from s3cache.job_history; delete from s3cache.worker; delete from s3cache.freed_key; delete from s3cache.late_write; delete from s3cache.staged_content; delete from s3cache.kept_content;
    return s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}');
end $$;
create temporary table claim (id bigint, token bigint);
-- The ids that a claim gives.
create function pg_temp.claimed(n integer default 100) returns bigint[] language plpgsql as $$
declare
    ids bigint[];
begin
    -- Rows that failed and cancelled jobs left in doubt would bring verify jobs, which are not looked at here.
    update s3cache.object set state = 'present' where state = 'unverified';
    with c as (select * from s3cache.claim_jobs((select max(w.id) from s3cache.worker w), n, false) with ordinality c (id, token, kind, cache, args, attempt, max_attempts, o)),
        k as (insert into claim select c.id, c.token from c)
    select coalesce(array_agg(c.id order by c.id), '{}') into ids from c;
    return ids;
end $$;
create function pg_temp.token(wanted bigint) returns bigint language sql as $$ select claim_token from s3cache.job where id = wanted $$;
create function pg_temp.completed(ended bigint) returns void language plpgsql as $$
begin
    case (select kind from s3cache.job where id = ended)
        when 'upload' then perform s3cache.complete_upload(ended, pg_temp.token(ended), 'e', 1, null, null, null, null);
        when 'delete_object' then perform s3cache.complete_deletion(ended, pg_temp.token(ended));
        when 'read' then perform s3cache.complete_read(ended, pg_temp.token(ended), 'x', 'e', null);
        -- Of what a claim finds in doubt itself.
        when 'verify' then perform s3cache.complete_jobs(array[ended], array[pg_temp.token(ended)], array['{}'::jsonb]);
    end case;
end $$;
create function pg_temp.failed(ended bigint, retryable boolean) returns text language sql as
$$ select s3cache.fail_job(ended, pg_temp.token(ended), 'No.', jsonb_build_object('retryable', retryable)) $$;

-- One at a time, in order.
select pg_temp.fresh() \g /dev/null
select s3cache.create_cache('other') \g /dev/null
select s3cache.rebuild() as rebuild, s3cache.upload('k', '\xffd8ff01') as up, s3cache.delete_object('k') as del, s3cache.upload('k', '\xffd8ff02') as again, s3cache.upload('l', '\xffd8ff01') as beside, s3cache.upload('k', '\xffd8ff03', cache => 'other') as elsewhere \gset
select is(pg_temp.claimed(1), array[:up]::bigint[], 'one file''s work is not behind a rebuild');
select is(pg_temp.claimed(), array[:rebuild, :beside, :elsewhere]::bigint[], 'of one object one job at a time; other objects, and the same name in another cache, beside it');
select is((select string_agg(id::text, ',' order by id) from s3cache.job where behind), :'del' || ',' || :'again', 'the others stand behind');
select is(pg_temp.state_of(:del), 'queued', 'queued as ever');
select is(pg_temp.failed(:up, true), 'waiting', 'while the first waits for a retry');
select is(pg_temp.claimed(), '{}', 'nothing overtakes it');
select s3cache.retry(:up) \g /dev/null
select is(pg_temp.claimed(), array[:up]::bigint[], 'then it goes on');
select pg_temp.completed(:up);
select is(pg_temp.claimed(), array[:del]::bigint[], 'and the next');
select is(pg_temp.failed(:del, false), 'failed', 'one that failed');
select is(pg_temp.claimed(), array[:again]::bigint[], 'frees the one after it');
select pg_temp.completed(:again);
select is(pg_temp.claimed(), '{}', 'until all are done');
select is((select count(*) from s3cache.freed_key), 0::bigint, 'and nothing is left to be freed');

-- Whatever the priority.
select pg_temp.fresh() \g /dev/null
select s3cache.upload('k', '\xffd8ff01') as first, s3cache.delete_object('k') as second \gset
update s3cache.job set priority = 0 where id = :second;
select is(pg_temp.claimed(), array[:first]::bigint[], 'a better priority does not overtake on the same object');

-- Cancelled ones free their successors.
select pg_temp.fresh() \g /dev/null
select s3cache.upload('k', '\xffd8ff01') as first, s3cache.delete_object('k') as second, s3cache.upload('k', '\xffd8ff02') as third, s3cache.read('k') as fourth \gset
select is(pg_temp.claimed(), array[:first]::bigint[], 'one runs, three are behind it');
select s3cache.cancel(:second) \g /dev/null
select is(pg_temp.claimed(), '{}', 'cancelling the second changes nothing yet');
select s3cache.cancel(:first) \g /dev/null
select is(s3cache.cancel_claimed_job(:first, pg_temp.token(:first)), true, 'cancelling the first');
select is(pg_temp.claimed(), array[:third]::bigint[], 'frees the third');
select pg_temp.failed(:third, true) \g /dev/null
select s3cache.cancel(:third) \g /dev/null
select is(pg_temp.claimed(), array[:fourth]::bigint[], 'cancelling that while it waits frees the fourth');

-- Rescue, pause, dropped caches.
select pg_temp.fresh() as worker \gset
select s3cache.upload('k', '\xffd8ff01') as first, s3cache.delete_object('k') as second \gset
select pg_temp.claimed() \g /dev/null
update s3cache.worker set heartbeat_at = '2000-01-01' where id = :worker;
select s3cache.register_worker('w2', 'h', 2, s3cache.version(), '1 hour', '{}') as worker2 \gset
select is(pg_temp.claimed(), array[:first]::bigint[], 'the job of a dead worker runs again before what is behind it');
select s3cache.configure(paused => true) \g /dev/null
select pg_temp.completed(:first);
select is(pg_temp.claimed(), '{}', 'nothing of a paused cache runs');
select s3cache.configure(paused => false) \g /dev/null
select is(pg_temp.claimed(), array[:second]::bigint[], 'until it goes on');
-- A transaction that began first and commits last.
select pg_temp.fresh() \g /dev/null
select s3cache.upload('k', '\xffd8ff02') as late \gset
update s3cache.job set id = id + 1000 where id = :late returning id as late \gset
select pg_temp.claimed() \g /dev/null
select s3cache.upload('k', '\xffd8ff01') as early \gset
select is(pg_temp.claimed(), '{}', 'a job that was committed late does not run beside a later one');
select pg_temp.failed(:late, true) \g /dev/null
select is(pg_temp.claimed(), array[:early]::bigint[], 'but before it');
select s3cache.retry(:late) \g /dev/null
select is(pg_temp.claimed(), '{}', 'which then waits for it');
select pg_temp.completed(:early);
select is(pg_temp.claimed(), array[:late]::bigint[], 'and runs after');

-- Equal reads.
select pg_temp.fresh() \g /dev/null
select s3cache.read('k') as r1, s3cache.read('k') as r2, s3cache.read('k', 7) as r3, s3cache.read('k') as r4, s3cache.upload('k', '\xffd8ff01') as up, s3cache.read('k') as r5, s3cache.read('k') as r6 \gset
select is(pg_temp.claimed(), array[:r1]::bigint[], 'of reads the first runs');
select is((select array_agg(id order by id) from s3cache.jobs where state = 'superseded' and superseded_by = :r1), array[:r2, :r4]::bigint[],
    'equal ones are superseded by it up to the next upload; a read with another limit is not, and does not stand in the way');
select s3cache.read('l') as l1, s3cache.read('l') as l2 \gset
select is(pg_temp.claimed(), array[:l1]::bigint[], 'reads of another object beside it');
select s3cache.read('l') as l3, s3cache.read('l') as l4, s3cache.delete_object('l') as del, s3cache.read('l') as l5 \gset
select is(pg_temp.claimed(), '{}', 'what is asked for while a read runs waits');
select pg_temp.completed(:l1);
select is((select array_agg(id order by id) from s3cache.jobs where state = 'superseded' and superseded_by = :l1), array[:l2, :l3, :l4]::bigint[],
    'and is superseded by it when it ends well, up to the next deletion');
select is(s3cache.content(:l4), 'x', 'with its content');
select is(pg_temp.claimed(), array[:del]::bigint[], 'the deletion runs next');
select pg_temp.completed(:del);
select is(pg_temp.claimed(), array[:l5]::bigint[], 'and the read after it reads anew');
select pg_temp.failed(:r1, false) \g /dev/null
select is(pg_temp.state_of(:r3) || ' ' || pg_temp.state_of(:up), 'queued queued', 'a read that fails takes nobody along');
select is(pg_temp.claimed(), array[:r3]::bigint[], 'then the other read');
select pg_temp.completed(:r3);
select is(pg_temp.claimed(), array[:up]::bigint[], 'then the upload');
select s3cache.read('k') as r7 \gset
select pg_temp.completed(:up);
select is(pg_temp.claimed(), array[:r5]::bigint[], 'then the reads after it');
select is((select array_agg(id order by id) from s3cache.jobs where state = 'superseded' and superseded_by = :r5), array[:r6, :r7]::bigint[], 'as one');
select pg_temp.failed(:r5, true) \g /dev/null
update s3cache.job set run_at = clock_timestamp() + interval '1 hour' where id = :r5;
select is(pg_temp.claimed(), '{}', 'a read that waits for a retry');
select s3cache.read('k') as r8 \gset
select is(pg_temp.claimed(), array[:r5]::bigint[], 'runs at once when somebody asks for the same');
select pg_temp.failed(:r5, true) \g /dev/null
update s3cache.job set run_at = clock_timestamp() + interval '1 hour' where id = :r5;
select is(pg_temp.claimed(), '{}', 'once for each who asks, and not again and again');
select s3cache.retry(:r5) \g /dev/null
select is(pg_temp.claimed(), array[:r5]::bigint[], 'at last');
select pg_temp.completed(:r5);
select is((select superseded_by from s3cache.jobs where id = :r8), :r5::bigint, 'it ends well, for both');
select is((select count(*) from s3cache.job), 1::bigint, 'nothing is left but what still runs');

-- Many jobs, most of them behind one.
-- Without autovacuum: while it looks at the table, dead index entries cannot be marked.
alter table s3cache.job set (autovacuum_enabled = off);
select pg_temp.fresh() as worker \gset
insert into s3cache.job (kind, cache_id, args, serial_key, priority, owner) select 'delete_object', 1, '{"filename": "hot"}', 'object:1:hot', 5, 'postgres' from generate_series(1, 10000);
insert into s3cache.job (kind, cache_id, args, serial_key, priority, owner) select 'delete_object', 1, '{}', 'object:1:' || g, 5, 'postgres' from generate_series(1, 90000) g;
create function pg_temp.looked_at() returns bigint language sql volatile as $$
    select pg_stat_get_xact_tuples_returned('s3cache.job'::regclass) + sum(pg_stat_get_xact_tuples_returned(x.indexrelid))::bigint from pg_index x where x.indrelid = 's3cache.job'::regclass
$$;
-- How many rows and index entries ten claims of one job look at, which each end the job on the hot object.
create function pg_temp.cost_of_claims() returns bigint language plpgsql as $$
declare
    before bigint := pg_temp.looked_at();
begin
    for i in 1..10 loop
        perform pg_temp.completed(j.id) from s3cache.job j where j.serial_key = 'object:1:hot' and j.state = 'running';
        perform pg_temp.claimed(2);
    end loop;
    return pg_temp.looked_at() - before;
end $$;
select is(cardinality(pg_temp.claimed(10)), 10, 'ten objects beside each other');
-- What was changed leaves dead index entries; the next look at them marks them so.
select pg_temp.claimed(1) \g /dev/null
select cmp_ok(pg_temp.cost_of_claims(), '<', 5000::bigint, 'ten claims beside 100,000 jobs, 10,000 of them behind one, look at few');
select is((select count(*) from s3cache.job where serial_key = 'object:1:hot' and behind), 9989::bigint, 'and the ten were the next on the hot object each time');
analyze s3cache.job;
select cmp_ok(pg_temp.cost_of_claims(), '<', 5000::bigint, 'also with new statistics');

-- A long random life of few objects; the order is checked at each claim.
select pg_temp.fresh() \g /dev/null
select setseed(0.42) \g /dev/null
create function pg_temp.live_randomly(steps integer) returns jsonb language plpgsql as $$
declare
    keys constant text[] := array['a', 'b', 'c'];
    key text;
    wrong text := '';
    job record;
    claimed bigint[];
    done jsonb := '{"claimed": 0, "done": 0, "failed": 0, "waiting": 0, "cancelled": 0, "promoted": 0, "rescued": 0}';
    action double precision;
    n integer;
    worker_id bigint;
begin
    for step in 1..steps loop
        key := keys[1 + floor(random() * 3)];
        action := random();
        if action < 0.3 then
            n := floor(random() * 5);
            perform case when n = 0 then s3cache.delete_object(key) when n < 3 then s3cache.upload(key, '\xffd8ff') else s3cache.read(key, 1 + n) end;
        elsif action < 0.6 then
            claimed := pg_temp.claimed(1 + floor(random() * 3)::integer);
            done := jsonb_set(done, '{claimed}', to_jsonb((done ->> 'claimed')::bigint + cardinality(claimed)));
            for job in select j.* from s3cache.job j where j.id = any (claimed) and j.serial_key is not null loop
                if exists (select from s3cache.job e where e.serial_key = job.serial_key and e.id < job.id) then
                    wrong := wrong || format('step %s: %s overtook. ', step, job.id);
                end if;
                if exists (select from s3cache.job e where e.serial_key = job.serial_key and e.state = 'running' and e.id <> job.id) then
                    wrong := wrong || format('step %s: %s runs beside another. ', step, job.id);
                end if;
            end loop;
        elsif action < 0.8 then
            select j.* into job from s3cache.job j where j.state = 'running' order by random() limit 1;
            continue when not found;
            if random() < 0.6 then
                perform pg_temp.completed(job.id);
                done := jsonb_set(done, '{done}', to_jsonb((done ->> 'done')::bigint + 1));
            elsif pg_temp.failed(job.id, random() < 0.7) = 'waiting' then
                done := jsonb_set(done, '{waiting}', to_jsonb((done ->> 'waiting')::bigint + 1));
            else
                done := jsonb_set(done, '{failed}', to_jsonb((done ->> 'failed')::bigint + 1));
            end if;
        elsif action < 0.88 then
            select j.* into job from s3cache.job j order by random() limit 1;
            continue when not found;
            perform s3cache.cancel(job.id);
            if job.state = 'running' then
                perform s3cache.cancel_claimed_job(job.id, job.claim_token);
            end if;
            done := jsonb_set(done, '{cancelled}', to_jsonb((done ->> 'cancelled')::bigint + 1));
        elsif action < 0.97 then
            update s3cache.job j set run_at = clock_timestamp() where j.state = 'waiting' and random() < 0.5;
            update s3cache.late_write set until = clock_timestamp() where random() < 0.5;
            done := jsonb_set(done, '{promoted}', to_jsonb((done ->> 'promoted')::bigint + 1));
        else
            select w.id into worker_id from s3cache.worker w order by w.id desc limit 1;
            perform s3cache.unregister_worker(worker_id);
            perform s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}');
            done := jsonb_set(done, '{rescued}', to_jsonb((done ->> 'rescued')::bigint + 1));
        end if;
        -- Whatever is behind has somebody before it, or will be let go by the next claim.
        if exists (
            select from s3cache.job j
            where j.behind and not exists (select from s3cache.job e where e.serial_key = j.serial_key and e.id < j.id)
                and not exists (select from s3cache.freed_key f where f.serial_key = j.serial_key)
                and not exists (select from s3cache.late_write l where l.serial_key = j.serial_key)
        ) then
            wrong := wrong || format('step %s: a job is stuck. ', step);
        end if;
    end loop;
    -- To the end.
    for step in 1..10000 loop
        update s3cache.job j set run_at = clock_timestamp() where j.state = 'waiting';
        update s3cache.late_write set until = clock_timestamp();
        perform pg_temp.claimed(10);
        perform pg_temp.completed(j.id) from s3cache.job j where j.state = 'running' and j.serial_key is not null;
        exit when not exists (select from s3cache.job j where j.serial_key is not null);
    end loop;
    return done || jsonb_build_object('wrong', wrong, 'left', (select count(*) from s3cache.job j where j.serial_key is not null),
        'staged', (select count(*) from s3cache.staged_content s where not exists (select from s3cache.job_history h where h.id = s.job_id and h.state = 'failed')));
end $$;
select pg_temp.live_randomly(3000) as life \gset
select is(:'life'::jsonb ->> 'wrong', '', 'in 3,000 random steps none overtakes another, runs beside one, or gets stuck');
select is(:'life'::jsonb ->> 'left', '0', 'and all end');
select is(:'life'::jsonb ->> 'staged', '0', 'without leaving bytes but of failed uploads');
select ok((select bool_and(value::bigint > 25) from jsonb_each_text(:'life'::jsonb) where key not in ('wrong', 'left', 'staged')), 'each kind of step was taken often');
select ok((select count(*) > 20 from s3cache.job_history where state = 'superseded'), 'and reads were merged');
select is((select count(*) from s3cache.freed_key f where exists (select from s3cache.job)), 0::bigint, 'no live job is left behind');
select * from finish();
