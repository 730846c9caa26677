-- However much waits, runs or has ended, and whatever the planner believes of it: what workers and those who ask for work do
-- reads a bounded number of blocks. Fails where an index is missing that the queue needs.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
-- The statistics are what each section says.
alter table s3cache.job set (autovacuum_enabled = off);
alter table s3cache.job_history set (autovacuum_enabled = off);
alter table s3cache.staged_content set (autovacuum_enabled = off);
alter table s3cache.kept_content set (autovacuum_enabled = off);
alter table s3cache.job_progress set (autovacuum_enabled = off);
alter table s3cache.presigned_row set (autovacuum_enabled = off);
alter table s3cache.rebuild_change set (autovacuum_enabled = off);
create table public.big as
select c.oid, c.oid::regclass::text as name from pg_class c
where c.oid in ('s3cache.job'::regclass, 's3cache.job_history'::regclass, 's3cache.staged_content'::regclass, 's3cache.kept_content'::regclass,
    's3cache.job_progress'::regclass, 's3cache.presigned_row'::regclass, 's3cache.rebuild_change'::regclass);
-- What this transaction has read of the big tables and their indexes, in blocks.
create function public.counters() returns table (relation text, blocks bigint) language sql volatile as $$
    select b.name, coalesce(pg_stat_get_xact_blocks_fetched(b.oid), 0) from public.big b
    union all
    select b.name || ' by ' || x.indexrelid::regclass, coalesce(pg_stat_get_xact_blocks_fetched(x.indexrelid), 0)
    from public.big b join pg_index x on x.indrelid = b.oid
$$;
-- excess CALL, BLOCKS: empty where the call read that many blocks or fewer; else what it read.
create function public.excess(call text, limit_blocks bigint) returns text language plpgsql as $$
declare
    before jsonb := (select jsonb_object_agg(c.relation, c.blocks) from public.counters() c);
    read bigint;
    parts text;
begin
    execute call;
    select sum(d.blocks), string_agg(format('%s: %s', d.relation, d.blocks), ', ' order by d.blocks desc) filter (where d.blocks > 0)
    into read, parts
    from (select c.relation, c.blocks - (before ->> c.relation)::bigint as blocks from public.counters() c) d;
    return case when read > limit_blocks then format('%s blocks of %s: %s', read, limit_blocks, parts) else '' end;
end $$;

-- Jobs that workers and clients do things to, by name, and the worker that holds those that run.
create table public.sample (name text primary key, id bigint not null);
grant select on public.sample to s3cache_reader;
create function public.job(wanted text) returns bigint language sql stable as $$ select s.id from public.sample s where s.name = wanted $$;
create function public.token(wanted text) returns bigint language sql stable as $$ select j.claim_token from s3cache.job j where j.id = public.job(wanted) $$;
create function public.worker() returns bigint language sql stable as $$ select max(w.id) from s3cache.worker w $$;
create procedure public.make_samples() language plpgsql as $$
begin
    perform s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}');
    insert into public.sample values ('lost', s3cache.upload('lost.jpg', '\xffd8ff'));
    perform s3cache.fail_job(c.id, c.token, 'x', '{"code": "x", "retryable": false}') from s3cache.claim_jobs(public.worker(), 1, false) c;
    insert into public.sample values ('upload', s3cache.upload('sample.jpg', '\xffd8ff')), ('deletion', s3cache.delete_object('sample2.jpg')),
        ('read', s3cache.read('sample3.jpg')), ('failing', s3cache.verify(prefix => 'failing')), ('rebuild', s3cache.rebuild(prefix => 'sample')),
        ('fatal', s3cache.verify(prefix => 'fatal')), ('running', s3cache.verify(prefix => 'running')), ('orphan', s3cache.verify(prefix => 'orphan'));
    perform s3cache.claim_jobs(public.worker(), 20, false);
    update s3cache.job j set worker_id = 0 where j.id = public.job('orphan');
    insert into public.sample values ('queued', s3cache.verify(prefix => 'queued')), ('waiting', s3cache.verify(prefix => 'waiting')), ('due', s3cache.verify(prefix => 'due'));
    update s3cache.job j
    set state = 'waiting', attempt = 1, started_at = clock_timestamp(),
        run_at = clock_timestamp() + case j.id when public.job('due') then interval '-1 second' else interval '2 hours' end
    where j.id in (public.job('waiting'), public.job('due'));
    insert into s3cache.freed_key values (0, 'object:1:hot.jpg');
end $$;

-- What is called: the blocks it may read, with 21 jobs that run and the same few that it is about however many there are.
create table public.call (number integer generated always as identity, blocks bigint not null, text text not null);
insert into public.call (blocks, text) values
    (600, 'select s3cache.claim_jobs(public.worker(), 1, true)'),
    (600, 'select s3cache.claim_jobs(public.worker(), 1, true, array(select j.id from s3cache.job j where j.state = ''running'' and j.worker_id = public.worker()))'),
    (600, 'select s3cache.claim_jobs(public.worker(), 1, true, null, 0)'),
    (250, 'select s3cache.rescue_jobs()'),
    (60, 'select s3cache.release_next_jobs()'),
    (60, 'select s3cache.enqueue_verifications()'),
    (60, 'select s3cache.enqueue_scheduled()'),
    (100, 'select s3cache.heartbeat(public.worker(), ''running'', array[public.job(''running''), public.job(''queued'')])'),
    (60, 'select s3cache.hold_claim(public.job(''running''), public.token(''running''))'),
    (60, 'select s3cache.report_progress(public.job(''running''), public.token(''running''), 1, 2)'),
    (100, 'select s3cache.complete_jobs(array[public.job(''running'')], array[public.token(''running'')], array[''{}''::jsonb])'),
    (100, 'select s3cache.complete_upload(public.job(''upload''), public.token(''upload''), ''e'', 1, null, null, null, null)'),
    (100, 'select s3cache.complete_uploads(array[public.job(''upload'')], array[public.token(''upload'')], ''{e}'', ''{1}'', ''{null}'', ''{null}'', ''{null}'', ''{null}'', ''{null}'', ''{null}'', ''{f}'')'),
    (100, 'select s3cache.complete_deletion(public.job(''deletion''), public.token(''deletion''))'),
    (100, 'select s3cache.complete_read(public.job(''read''), public.token(''read''), ''x'', ''e'', null)'),
    (60, 'select s3cache.fail_job(public.job(''failing''), public.token(''failing''), ''x'', ''{"code": "x", "retryable": true}'')'),
    (100, 'select s3cache.fail_job(public.job(''fatal''), public.token(''fatal''), ''x'', ''{"code": "x", "retryable": false}'')'),
    (100, 'select s3cache.cancel_claimed_job(public.job(''running''), public.token(''running''))'),
    (60, 'select s3cache.staged_bytes(public.job(''upload''), public.token(''upload''))'),
    (800, 'select s3cache.unregister_worker(public.worker())'),
    (100, 'select s3cache.take_hints(public.worker(), array[''rebuild'', ''add x'', ''verify''])'),
    (300, 'select s3cache.prune_history(''2 hours'', 100)'),
    (100, 'select s3cache.prune_listings(100)'),
    (100, 'select s3cache.prune_tombstones(100)'),
    (60, 'select s3cache.prune_content(100)'),
    (60, 'select s3cache.prune_presigned(100)'),
    (60, 'select s3cache.prune_fetch_failures(100)'),
    (60, 'select s3cache.fetch(''https://example.com/another.jpg'')'),
    (60, 'select s3cache.verify(prefix => ''another'')'),
    (60, 'select s3cache.upload(''another.jpg'', ''\xffd8ff'')'),
    (100, 'select s3cache.cancel(public.job(''queued''))'),
    (100, 'select s3cache.cancel(public.job(''running''))'),
    (100, 'select s3cache.retry(public.job(''waiting''))'),
    (100, 'select s3cache.retry(public.job(''lost''))'),
    (60, 'select s3cache.wait(public.job(''queued''), ''0 s'')'),
    (60, 'select s3cache.wait(public.job(''lost''), ''0 s'')'),
    (200, 'select * from s3cache.workers'),
    (60, 'select * from s3cache.jobs where id = public.job(''running'')'),
    (60, 'set local role s3cache_reader; select * from s3cache.jobs where id = public.job(''lost''); reset role');
-- Each is undone, and done a few times, so that the plans that are kept are among those tried.
create function public.measured() returns table (call text, excess text) language plpgsql as $$
declare
    tried public.call;
    said text;
begin
    for tried in select * from public.call c order by c.number loop
        call := tried.text;
        excess := '';
        for i in 1..7 loop
            begin
                said := public.excess(tried.text, tried.blocks);
                raise exception sqlstate 'ZZ999';
            exception
                when sqlstate 'ZZ999' then
                    excess := coalesce(nullif(said, ''), excess);
            end;
        end loop;
        return next;
    end loop;
end $$;

-- An empty queue, whose plans are kept.
call public.make_samples();
vacuum analyze;
select is(excess, '', 'with next to nothing: ' || call) from public.measured();

insert into s3cache.job (kind, cache_id, args, serial_key, owner, priority)
select 'upload', 1, jsonb_build_object('filename', g || '.jpg', 'size', 1), format('object:1:%s.jpg', g), 'postgres', 5 from generate_series(1, 60000) g;
insert into s3cache.job (kind, cache_id, args, merge_key, owner, priority)
select 'verify', 1, jsonb_build_object('prefix', g), 'verify/1/queued' || g, 'postgres', 10 from generate_series(1, 60000) g;
insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, owner, priority, behind)
select 'read', 1, '{"filename": "hot.jpg"}', 'read/1/' || g, 'object:1:hot.jpg', 'postgres', 5, true from generate_series(1, 40000) g;
insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, owner, priority, state, attempt, started_at, run_at)
select 'upload', 1, jsonb_build_object('filename', 'waiting' || g, 'size', 1), null, format('object:1:waiting%s', g), 'postgres', 5, 'waiting', 1, now(), now() + interval '1 hour'
from generate_series(1, 40000) g
union all
select 'verify', 1, jsonb_build_object('prefix', g), 'verify/1/waiting' || g, null, 'postgres', 10, 'waiting', 1, now(), now() + interval '1 hour' from generate_series(1, 20) g;
insert into s3cache.job (kind, cache_id, args, merge_key, owner, priority, state, attempt, started_at, worker_id, claim_token)
select 'verify', 1, jsonb_build_object('prefix', g), 'verify/1/running' || g, 'postgres', 10, 'running', 1, now(), public.worker(), nextval('s3cache.claim_token_seq') from generate_series(1, 15) g;
insert into s3cache.job_history (id, kind, cache_id, cache, args, state, priority, attempt, max_attempts, owner, queued_at, started_at, finished_at, result)
select nextval('s3cache.job_id_seq'), 'read', 1, 's3_image_cache', '{}', 'done', 5, 1, 8, 'bob', now(), now(),
    clock_timestamp() - case when g <= 20 then interval '3 hours' else interval '0' end, '{}'
from generate_series(1, 200000) g;
insert into s3cache.staged_content (job_id, content) select j.id, 'x' from s3cache.job j where j.kind = 'upload' and j.priority = 5 and j.state = 'queued';
insert into s3cache.kept_content (job_id, content) select -g, 'x' from generate_series(1, 40000) g;
insert into s3cache.job_progress (job_id, done) select -g, 1 from generate_series(1, 40000) g;
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) select -1, 0, g, false, g from generate_series(1, 40000) g;
insert into s3cache.presigned_row (job_id, cache_id, filename, owner, url, version, epoch, expires_at)
select 1, 1, g, 'alice', 'https://x', 0, 0, now() + interval '1 day' from generate_series(1, 40000) g;

select is(excess, '', 'a queue that filled up after the plans were made: ' || call) from public.measured();
discard plans;
select is(excess, '', 'planned by the statistics of an empty queue: ' || call) from public.measured();
analyze s3cache.job, s3cache.job_history, s3cache.staged_content, s3cache.kept_content, s3cache.job_progress, s3cache.presigned_row, s3cache.rebuild_change;
select is(excess, '', 'by those of the full one: ' || call) from public.measured();
select is(excess, '', 's3cache.metrics counts what lives, reading it once')
from public.excess('select * from s3cache.metrics', (select (sum(pg_relation_size(t)) / 8192 + 200)::bigint
    from unnest(array['s3cache.job', 's3cache.staged_content', 's3cache.kept_content']::regclass[]) t)) as excess;
select * from finish();
