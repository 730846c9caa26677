-- Jobs: a small hot table of live ones, a history of ended ones, and the workers that run them.

create sequence s3cache.job_id_seq as bigint;
comment on sequence s3cache.job_id_seq is 'Ids of jobs.';

create sequence s3cache.claim_token_seq as bigint;
comment on sequence s3cache.claim_token_seq is 'Fencing tokens: each claim of a job gets a larger one, and every write for the job must show it.';

create table s3cache.job (
    id bigint primary key default pg_catalog.nextval('s3cache.job_id_seq'),
    kind text not null,
    cache_id integer not null,
    args jsonb not null default '{}',
    state text not null default 'queued',
    priority smallint not null default 0,
    run_at timestamptz not null default pg_catalog.clock_timestamp(),
    attempt integer not null default 0,
    max_attempts integer not null default 8,
    rescues integer not null default 0,
    merge_key text,
    serial_key text,
    owner text not null,
    queued_at timestamptz not null default pg_catalog.clock_timestamp(),
    started_at timestamptz,
    worker_id bigint,
    claim_token bigint,
    cancel_requested boolean not null default false,
    error text,
    error_detail jsonb,
    enqueued_xid xid8 not null default pg_catalog.pg_current_xact_id(),
    constraint job_state_known check (state in ('queued', 'waiting', 'running')),
    constraint job_running_is_claimed check ((state = 'running') = (claim_token is not null))
) with (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000);
comment on table s3cache.job is 'Jobs that have not ended. Read s3cache.jobs; this table also holds arguments and claims.';
comment on column s3cache.job.id is 'Also the order of enqueueing.';
comment on column s3cache.job.kind is 'What is to be done: rebuild, verify.';
comment on column s3cache.job.cache_id is 'The cache it concerns.';
comment on column s3cache.job.args is 'Its arguments; shown in no view.';
comment on column s3cache.job.state is 'queued: may be claimed now; waiting: not before run_at; running: claimed by worker_id.';
comment on column s3cache.job.priority is 'Smaller is claimed first.';
comment on column s3cache.job.run_at is 'Not to be claimed before this.';
comment on column s3cache.job.attempt is 'How often it was started, those that ended with the worker not counted.';
comment on column s3cache.job.max_attempts is 'After this many attempts a retryable failure is final.';
comment on column s3cache.job.rescues is 'How often its worker died or left while running it.';
comment on column s3cache.job.merge_key is 'Queued jobs with equal keys are duplicates: the claim of the first supersedes the others.';
comment on column s3cache.job.serial_key is 'Jobs with equal keys run one at a time.';
comment on column s3cache.job.owner is 'The role that asked for it; a label, nothing is authorised by it.';
comment on column s3cache.job.queued_at is 'When it was enqueued.';
comment on column s3cache.job.started_at is 'When its last attempt began.';
comment on column s3cache.job.worker_id is 'The worker that runs it.';
comment on column s3cache.job.claim_token is 'The fencing token of its present claim.';
comment on column s3cache.job.cancel_requested is 'Its worker is to stop it.';
comment on column s3cache.job.error is 'Why the last attempt failed.';
comment on column s3cache.job.error_detail is 'The same, for programs: code, operation, bucket, key, request_id, retryable.';
comment on column s3cache.job.enqueued_xid is 'The transaction that enqueued it: wait() refuses to wait inside it.';

create index job_queued_idx on s3cache.job (priority, run_at, id) where state = 'queued';
create index job_waiting_idx on s3cache.job (run_at) where state = 'waiting';
create index job_running_idx on s3cache.job (worker_id) where state = 'running';
create index job_merge_idx on s3cache.job (merge_key, id) where merge_key is not null and state <> 'running';
create index job_serial_idx on s3cache.job (serial_key, id) where serial_key is not null and state <> 'running';
create unique index job_merge_running_idx on s3cache.job (merge_key) where state = 'running';
create unique index job_serial_running_idx on s3cache.job (serial_key) where state = 'running';

create table s3cache.job_history (
    id bigint primary key,
    kind text not null,
    cache_id integer not null,
    cache text not null,
    args jsonb not null,
    state text not null,
    priority smallint not null,
    attempt integer not null,
    max_attempts integer not null,
    merge_key text,
    serial_key text,
    owner text not null,
    queued_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz not null default pg_catalog.clock_timestamp(),
    done bigint,
    total bigint,
    result jsonb,
    error text,
    superseded_by bigint,
    constraint job_history_state_known check (state in ('done', 'failed', 'cancelled', 'superseded'))
);
comment on table s3cache.job_history is 'Jobs that have ended, each exactly once. Read s3cache.jobs; this table also holds arguments.';
comment on column s3cache.job_history.cache is 'The cache''s name at that time; the cache may have been dropped since.';
comment on column s3cache.job_history.state is 'done, failed, cancelled, or superseded: merged into superseded_by, which did its work too.';
comment on column s3cache.job_history.result is 'What the job found or made; of a failed one, {"error": {"code", "operation", "bucket", "key", "request_id", "retryable"}}.';
create index job_history_superseded_idx on s3cache.job_history (superseded_by) where superseded_by is not null;
create index job_history_recent_idx on s3cache.job_history (cache_id, kind, finished_at);
create index job_history_owner_idx on s3cache.job_history (owner, finished_at);

create table s3cache.job_progress (
    job_id bigint primary key,
    done bigint not null,
    total bigint,
    updated_at timestamptz not null default pg_catalog.clock_timestamp()
) with (fillfactor = 50);
comment on table s3cache.job_progress is 'How far running jobs are; written about once a second.';
comment on column s3cache.job_progress.done is 'Items done so far: listed objects of a rebuild, checked rows of a verify.';
comment on column s3cache.job_progress.total is 'The expected number of items; NULL where nobody knows.';

create sequence s3cache.worker_id_seq as bigint;
comment on sequence s3cache.worker_id_seq is 'Identities of worker processes; never reused.';

create table s3cache.worker (
    id bigint primary key default pg_catalog.nextval('s3cache.worker_id_seq'),
    name text not null,
    host text not null,
    pid integer not null,
    version text not null,
    started_at timestamptz not null default pg_catalog.clock_timestamp(),
    heartbeat_at timestamptz not null default pg_catalog.clock_timestamp(),
    lease interval not null,
    state text not null default 'running',
    parked boolean not null default false,
    defaults jsonb not null default '{}',
    constraint worker_lease_range check (lease between interval '1 second' and interval '1 hour'),
    constraint worker_state_known check (state in ('running', 'draining'))
) with (fillfactor = 50);
comment on table s3cache.worker is 'Worker processes that have registered and not left. Read s3cache.workers.';
comment on column s3cache.worker.lease is 'Without a heartbeat for this long the worker counts as dead and its jobs are rescued.';
comment on column s3cache.worker.parked is 'It found nothing to do and waits for a NOTIFY on s3cache_wake.';
comment on column s3cache.worker.defaults is 'Settings from its environment that apply where a cache has none of its own: bucket, endpoint, region, cdn_url, presign_ttl, presign_reuse. Never a secret.';
