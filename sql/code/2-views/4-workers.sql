-- object: view s3cache.workers
create or replace view s3cache.workers as
select w.id, w.name, w.host, w.pid, w.version,
    case
        when w.heartbeat_at + w.lease <= pg_catalog.clock_timestamp() then 'dead'
        when not s3cache.same_release(w.version) then 'outdated'
        when not s3cache.at_home() then 'held'
        when w.state = 'draining' then 'draining'
        when w.parked then 'idle'
        else 'busy'
    end as state,
    (select pg_catalog.count(*) from s3cache.job j where j.worker_id = w.id and j.state = 'running') as running,
    w.started_at, w.heartbeat_at, w.lease, w.listens,
    coalesce(
        (
            select pg_catalog.jsonb_object_agg(
                d.key, pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(d.value, 'UTF8')), 'hex'), 16))
            from pg_catalog.jsonb_each_text(w.defaults) d
        ), '{}') as environment_digests
from s3cache.worker w;
comment on view s3cache.workers is
    'The worker processes. state: idle, busy, draining (leaving), dead (no heartbeat for its lease), outdated (the database was upgraded: it gets no jobs, and is to be restarted with the new program), or held (this database was restored from a dump: SELECT s3cache.resume() lets them run).';
comment on column s3cache.workers.id is 'The process''s identity; never reused.';
comment on column s3cache.workers.name is 'As it was started: host and process id unless named.';
comment on column s3cache.workers.host is 'The machine it runs on.';
comment on column s3cache.workers.pid is 'Its process id there.';
comment on column s3cache.workers.version is 'The version of the program.';
comment on column s3cache.workers.state is 'idle, busy, draining, dead, outdated or held.';
comment on column s3cache.workers.running is 'How many jobs it runs now.';
comment on column s3cache.workers.started_at is 'When it registered.';
comment on column s3cache.workers.heartbeat_at is 'When it last gave a sign of life.';
comment on column s3cache.workers.lease is 'Without one for this long it counts as dead.';
comment on column s3cache.workers.listens is 'It hears NOTIFY; where not, it polls.';
comment on column s3cache.workers.environment_digests is 'Of each setting that it published from its environment the first 16 hexadecimal digits of the SHA-256: workers whose digests differ disagree.';
