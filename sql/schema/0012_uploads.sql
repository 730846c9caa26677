-- Uploads: jobs that are asked for once, and large objects that go in parts.

-- Of two calls with one idempotency key the second finds the job of the first.
create index job_once_idx on s3cache.job ((args ->> 'idempotency_key')) where args ? 'idempotency_key';
create index job_history_once_idx on s3cache.job_history ((args ->> 'idempotency_key')) where args ? 'idempotency_key';

create table s3cache.unfinished_upload (
    job_id bigint not null,
    cache_id integer not null,
    object_key text collate "C" not null,
    upload_id text not null,
    checkpoint jsonb not null,
    claim_token bigint not null,
    begun_at timestamptz not null default pg_catalog.clock_timestamp(),
    saved_at timestamptz not null default pg_catalog.clock_timestamp(),
    primary key (job_id, object_key, upload_id)
) with (fillfactor = 50);
alter table s3cache.unfinished_upload alter column checkpoint set storage external;
comment on table s3cache.unfinished_upload is
    'Uploads in parts that have begun, or are about to: what another worker needs to go on with one, and to abort one whose job has ended without it.';
comment on column s3cache.unfinished_upload.job_id is 'The job.';
comment on column s3cache.unfinished_upload.cache_id is 'Its cache.';
comment on column s3cache.unfinished_upload.object_key is 'The whole key of the object.';
comment on column s3cache.unfinished_upload.upload_id is
    'What the bucket calls the upload; empty while the bucket has not answered, or never will have: a worker that is lost then leaves an upload whose name nobody knows.';
comment on column s3cache.unfinished_upload.checkpoint is 'Which parts are stored, and whether the bucket was told to make the object of them.';
comment on column s3cache.unfinished_upload.claim_token is 'The claim under which it was noted first.';
comment on column s3cache.unfinished_upload.begun_at is 'When that was.';
comment on column s3cache.unfinished_upload.saved_at is 'When it was noted last.';
alter table s3cache.job add column second_key text;
comment on column s3cache.job.second_key is
    'Of a job on two objects the other one, as serial_key has it: it waits for what comes before it on either, and what comes after it on either waits.';
create index job_second_idx on s3cache.job (second_key, id) where second_key is not null;
comment on column s3cache.freed_key.job_id is
    'The job that ended, or one of several that ended together; of its second_key the negative.';
comment on column s3cache.job.kind is
    'What is to be done: rebuild, rebuild_part, verify, add, upload, upload_file, delete_object, rename_object, read, presign.';
comment on column s3cache.job_history.kind is
    'What was to be done: rebuild, rebuild_part, verify, add, upload, upload_file, delete_object, rename_object, read, presign.';
