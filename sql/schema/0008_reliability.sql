-- Hints, schedules, and what keeps a job that kills its workers, or a late write, from doing harm.

alter table s3cache.worker add column write_timeout interval not null default interval '1 minute';
alter table s3cache.worker add constraint worker_write_timeout_range
    check (write_timeout between interval '1 second' and interval '1 hour');
comment on column s3cache.worker.write_timeout is
    'How long a write that it sends to the bucket may take, besides one second for each 256 KiB; what it was writing when it died is written again only after that.';
alter table s3cache.worker add column listens boolean not null default false;
comment on column s3cache.worker.listens is 'It hears NOTIFY. Of those that do, the one with the smallest id takes hints.';

alter table s3cache.job add column worker_deaths smallint not null default 0;
comment on column s3cache.job.worker_deaths is 'How often its worker died while running it; the third time it fails as poison.';
comment on column s3cache.job.rescues is 'How often its worker died, left, was told to begin it anew, or was held back by a server that asks for fewer requests.';
alter table s3cache.job add column time_limit interval not null default interval '1 hour';
comment on column s3cache.job.time_limit is
    'Without progress for this long it is taken from its worker, as if that had died.';
alter table s3cache.job add column hinted boolean not null default false;
comment on column s3cache.job.hinted is 'A NOTIFY asked for it and nobody else: such jobs are at most one of a kind and cache.';
create index job_hinted_idx on s3cache.job (cache_id, kind) where hinted;
-- Each claim looks whether what waits for a retry was asked for again, which only jobs that merge can be.
create index job_retrying_idx on s3cache.job (merge_key) where state = 'waiting' and attempt > 0 and merge_key is not null;

create table s3cache.hint_state (
    cache_id integer not null,
    kind text not null,
    last_at timestamptz not null,
    primary key (cache_id, kind)
);
comment on table s3cache.hint_state is 'When hints last led to a job, for hint_interval.';
comment on column s3cache.hint_state.cache_id is 'The cache.';
comment on column s3cache.hint_state.kind is 'The kind of job.';
comment on column s3cache.hint_state.last_at is 'When the last one was, or will be, due.';

create sequence s3cache.ignored_hint_seq as bigint minvalue 0 start 0;
comment on sequence s3cache.ignored_hint_seq is
    'Counts notifications on the channel s3cache that were no hint, or one too many: a sequence, because counting must make nobody wait.';

create table s3cache.rebuild_schedule (
    cache_id integer primary key,
    due_at timestamptz not null
);
comment on table s3cache.rebuild_schedule is 'When the caches with a rebuild_every are to be rebuilt next.';
comment on column s3cache.rebuild_schedule.cache_id is 'The cache.';
comment on column s3cache.rebuild_schedule.due_at is 'The next time; of those that were missed while no worker ran only one is made up for.';

create table s3cache.late_write (
    serial_key text primary key,
    cache_id integer not null,
    filename text not null,
    until timestamptz not null
);
comment on table s3cache.late_write is
    'Objects on which a worker was writing when it was lost or left: what it sent may still arrive, so no job on the object is claimed before that time is over.';
comment on column s3cache.late_write.serial_key is 'The serial_key of jobs on the object.';
comment on column s3cache.late_write.cache_id is 'The object''s cache.';
comment on column s3cache.late_write.filename is 'Its name there.';
comment on column s3cache.late_write.until is
    'The end of that time: of the lost worker''s lease, its write_timeout, and one second for each 256 KiB.';

comment on column s3cache.job.kind is 'What is to be done: rebuild, verify, add, upload, delete_object, read, presign.';
comment on column s3cache.job_history.kind is 'What was to be done: rebuild, verify, add, upload, delete_object, read, presign.';

-- A claim writes each row anew: beside the old one, without looking for another page.
alter table s3cache.job set (fillfactor = 50);
