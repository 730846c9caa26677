-- What a rebuild found so far. Unlogged: a crash of the server empties these tables, and the rebuild starts afresh.
-- The checkpoint lives here with the changes, so that one never survives without the other.

create unlogged table s3cache.rebuild_slice (
    job_id bigint not null,
    slice integer not null,
    fence pg_snapshot not null,
    upto text collate "C",
    direct boolean not null,
    counters jsonb not null,
    primary key (job_id, slice)
);
comment on table s3cache.rebuild_slice is 'The slices of the key space that a running rebuild has compared, in order: its checkpoint.';
comment on column s3cache.rebuild_slice.job_id is 'The rebuild.';
comment on column s3cache.rebuild_slice.slice is '0, 1, 2, … in key order.';
comment on column s3cache.rebuild_slice.fence is 'Taken before the slice was listed: only rows last touched by a transaction visible in it may be overwritten or removed.';
comment on column s3cache.rebuild_slice.upto is 'The last key of the slice; NULL when it reached the end.';
comment on column s3cache.rebuild_slice.direct is 'The rebuild began with an empty target, and this slice''s rows were copied straight into it.';
comment on column s3cache.rebuild_slice.counters is 'The rebuild''s running totals after this slice.';

create unlogged table s3cache.rebuild_change (
    job_id bigint not null,
    slice integer not null,
    remove boolean not null,
    filename text collate "C" not null,
    size bigint,
    etag text,
    last_modified timestamptz,
    storage_class text
);
comment on table s3cache.rebuild_change is 'Differences between bucket and table that a rebuild found and has not applied yet: they are applied when the whole listing has succeeded.';
comment on column s3cache.rebuild_change.job_id is 'The rebuild.';
comment on column s3cache.rebuild_change.slice is 'The slice that it was found in.';
comment on column s3cache.rebuild_change.remove is 'true: the row''s object is gone; false: the row is to be added or brought up to date.';
comment on column s3cache.rebuild_change.filename is 'The row''s filename.';
create index rebuild_change_idx on s3cache.rebuild_change (job_id, slice);

create table s3cache.orphan_row (
    cache_id integer not null,
    filename text collate "C" not null,
    problem text not null,
    size bigint,
    last_modified timestamptz,
    job_id bigint not null,
    found_at timestamptz not null default pg_catalog.clock_timestamp(),
    primary key (cache_id, filename),
    constraint orphan_problem_known check (problem in ('object gone', 'no row'))
);
comment on table s3cache.orphan_row is 'What the last dry run of a rebuild found, a row a difference. Read s3cache.orphan.';
