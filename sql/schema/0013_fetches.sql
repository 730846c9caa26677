-- Downloads of what others host: what failed is remembered, so that nobody is asked for it again and again.

create table s3cache.fetch_failure (
    cache_id integer not null,
    origin text not null,
    url_hash bytea not null,
    failures integer not null,
    code text not null,
    failed_at timestamptz not null,
    next_try_at timestamptz not null,
    primary key (cache_id, origin, url_hash)
);
create index fetch_failure_failed_at_idx on s3cache.fetch_failure (failed_at);
comment on table s3cache.fetch_failure is
    'URLs that could not be fetched. A success forgets them, and so does a month without another failure.';
comment on column s3cache.fetch_failure.cache_id is 'The cache that they were fetched for.';
comment on column s3cache.fetch_failure.origin is 'Scheme, host and port.';
comment on column s3cache.fetch_failure.url_hash is 'The SHA-256 of the whole URL, which may have secrets in its query.';
comment on column s3cache.fetch_failure.failures is 'How many jobs in a row failed for good.';
comment on column s3cache.fetch_failure.code is 'What the last one failed with.';
comment on column s3cache.fetch_failure.failed_at is 'When that was.';
comment on column s3cache.fetch_failure.next_try_at is 'Until then jobs fail without asking: 5 minutes, twice as long each time, 7 days at most.';

comment on column s3cache.job.kind is 'What is to be done: rebuild, rebuild_part, verify, add, upload, upload_file, fetch, delete_object, rename_object, read, presign.';
comment on column s3cache.job_history.kind is 'What was to be done: rebuild, rebuild_part, verify, add, upload, upload_file, fetch, delete_object, rename_object, read, presign.';
