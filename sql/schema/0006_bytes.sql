-- Bytes on their way into the bucket and out of it, and jobs on one object, which run one after another.

create table s3cache.staged_content (
    job_id bigint primary key,
    content bytea not null,
    staged_at timestamptz not null default pg_catalog.clock_timestamp()
);
alter table s3cache.staged_content alter column content set storage external;
comment on table s3cache.staged_content is
    'The bytes of uploads that S3 has not acknowledged: of unfinished jobs, and of failed ones, so that they can be retried.';
comment on column s3cache.staged_content.job_id is 'The upload.';
comment on column s3cache.staged_content.content is 'What it uploads; not compressed, for images do not get smaller.';
comment on column s3cache.staged_content.staged_at is 'When it was asked for.';

create table s3cache.kept_content (
    job_id bigint not null,
    first_byte bigint not null default 0,
    content bytea not null,
    kept_at timestamptz not null default pg_catalog.clock_timestamp(),
    primary key (job_id, first_byte)
);
alter table s3cache.kept_content alter column content set storage external;
create index kept_content_kept_at_idx on s3cache.kept_content (kept_at);
comment on table s3cache.kept_content is
    'What reads fetched, in pieces, for an hour. Read s3cache.content(id), which gives a job''s bytes to its owner only, once all are there.';
comment on column s3cache.kept_content.job_id is 'The read.';
comment on column s3cache.kept_content.first_byte is 'So many of the object''s bytes come before these.';
comment on column s3cache.kept_content.content is 'Some of the object''s bytes, or all.';
comment on column s3cache.kept_content.kept_at is 'When they were fetched; when the last of the object''s bytes were, once the read has ended.';

create table s3cache.freed_key (
    job_id bigint primary key,
    serial_key text not null
);
comment on table s3cache.freed_key is
    'Objects on which a job ended since the last claim, which lets the next job on each go ahead. Only added to where jobs end, so that nobody who ends one waits for another.';
comment on column s3cache.freed_key.job_id is 'The job that ended, or one of several that ended together.';
comment on column s3cache.freed_key.serial_key is 'Its serial_key.';

alter table s3cache.job add column behind boolean not null default false;
comment on column s3cache.job.behind is
    'A claim found an earlier job on the same object: later claims do not look at this one before that has ended.';
comment on column s3cache.job.kind is 'What is to be done: rebuild, verify, upload, delete_object, read.';
comment on column s3cache.job.merge_key is
    'Queued jobs with equal keys are duplicates: the claim of the first supersedes the others; of reads, only those with no other job on the object in between.';
comment on column s3cache.job.serial_key is
    'Jobs with equal keys run one at a time; those on one object (object:<cache_id>:<filename>) in the order of their ids, also while the first waits for a retry.';
comment on column s3cache.job_history.kind is 'What was to be done: rebuild, verify, upload, delete_object, read.';

-- Jobs behind others are not scanned past by every claim.
drop index s3cache.job_queued_idx;
create index job_queued_idx on s3cache.job (priority, run_at, id) where state = 'queued' and not behind;
-- Who is first in line on an object may be running or waiting.
drop index s3cache.job_serial_idx;
create index job_serial_idx on s3cache.job (serial_key, id) where serial_key is not null;
