-- Rebuilds that list many parts of a bucket at once, on one worker or on several.
-- What a rebuild found so far is kept in other tables than before: one that is under way begins anew.

drop table s3cache.rebuild_change;
drop table s3cache.rebuild_slice;

create unlogged table s3cache.rebuild_listing (
    job_id bigint primary key,
    direct boolean not null,
    serial boolean not null default false,
    distrusted boolean not null default false,
    trusted boolean not null default false,
    as_of timestamptz,
    staged bigint
);
comment on table s3cache.rebuild_listing is
    'The rebuilds that have begun. Unlogged, as all tables of what a rebuild found: a crash of the server empties them together, and the rebuild begins anew.';
comment on column s3cache.rebuild_listing.job_id is 'The rebuild.';
comment on column s3cache.rebuild_listing.direct is 'It began with an empty target: listed rows are copied straight into it.';
comment on column s3cache.rebuild_listing.serial is 'The bucket cannot be listed from any key on, so it is listed page after page.';
comment on column s3cache.rebuild_listing.distrusted is 'A helper has seen that the bucket cannot be listed that way: what was found does not count, and the listing begins anew.';
comment on column s3cache.rebuild_listing.trusted is 'The worker that runs it has made sure that the bucket lists from any key on: later attempts need not.';
comment on column s3cache.rebuild_listing.as_of is 'Of a rebuild from an inventory, once that is read: what s3cache knows from a later time than this is newer than the inventory, and is left alone. NULL: the bucket itself is listed.';
comment on column s3cache.rebuild_listing.staged is 'Of a rebuild from an inventory: how many objects it lists; NULL until all of it is in s3cache.rebuild_listed.';

alter table s3cache.cache_state add column deletions_forgotten_at timestamptz;
-- Rebuilds of earlier versions left nothing of what they removed.
insert into s3cache.cache_state (cache_id, deletions_forgotten_at)
select distinct h.cache_id, pg_catalog.clock_timestamp() from s3cache.job_history h where h.kind = 'rebuild'
on conflict (cache_id) do update set deletions_forgotten_at = excluded.deletions_forgotten_at;
comment on column s3cache.cache_state.deletions_forgotten_at is 'Of what was deleted from the bucket before this time there is not always a tombstone: an inventory that is older is refused, because it would bring rows back.';

create unlogged table s3cache.rebuild_part (
    job_id bigint not null,
    part integer not null,
    holder bigint not null,
    helper bigint,
    wanting boolean not null default false,
    listed bigint not null default 0,
    added bigint not null default 0,
    updated bigint not null default 0,
    removed bigint not null default 0,
    unchanged bigint not null default 0,
    pages bigint not null default 0,
    wasted_pages bigint not null default 0,
    ranges bigint not null default 0,
    retries bigint not null default 0,
    unlistable bigint not null default 0,
    present_rows bigint not null default 0,
    present_removed bigint not null default 0,
    seconds double precision not null default 0,
    primary key (job_id, part)
);
comment on table s3cache.rebuild_part is 'Who lists a running rebuild''s bucket, and what each has found so far: the worker that runs the rebuild, and those that help it.';
comment on column s3cache.rebuild_part.job_id is 'The rebuild.';
comment on column s3cache.rebuild_part.part is '0: the rebuild''s own; 1, 2, …: a helper''s.';
comment on column s3cache.rebuild_part.holder is 'The job that lists it: the rebuild, or a job of kind rebuild_part.';
comment on column s3cache.rebuild_part.helper is 'The worker that was asked to help; NULL: it is the rebuild''s own.';
comment on column s3cache.rebuild_part.wanting is 'Its holder has nothing left to list and waits for some of another''s.';
comment on column s3cache.rebuild_part.listed is 'Objects listed.';
comment on column s3cache.rebuild_part.added is 'Objects without a row.';
comment on column s3cache.rebuild_part.updated is 'Rows that said something else.';
comment on column s3cache.rebuild_part.removed is 'Rows without an object.';
comment on column s3cache.rebuild_part.unchanged is 'Rows that agreed.';
comment on column s3cache.rebuild_part.pages is 'Pages listed.';
comment on column s3cache.rebuild_part.wasted_pages is 'Pages that brought nothing: guesses at where keys might be.';
comment on column s3cache.rebuild_part.ranges is 'Ranges of keys that were listed side by side or one after another.';
comment on column s3cache.rebuild_part.retries is 'Requests that were made again, or a second time beside one that took too long.';
comment on column s3cache.rebuild_part.unlistable is 'Names that cannot be keys.';
comment on column s3cache.rebuild_part.present_rows is 'Rows in state present.';
comment on column s3cache.rebuild_part.present_removed is 'Removed rows that were in state present.';
comment on column s3cache.rebuild_part.seconds is 'Time spent on it, in all attempts.';

create unlogged table s3cache.rebuild_range (
    job_id bigint not null,
    part integer not null,
    after text collate "C",
    upto text collate "C"
);
comment on table s3cache.rebuild_range is 'What is left to list of running rebuilds: their checkpoint. The ranges of one rebuild are disjoint.';
comment on column s3cache.rebuild_range.job_id is 'The rebuild.';
comment on column s3cache.rebuild_range.part is 'Whose it is to list.';
comment on column s3cache.rebuild_range.after is 'The range begins behind this filename; NULL: with the first one.';
comment on column s3cache.rebuild_range.upto is 'The range ends with this filename; NULL: with the last one.';
create index rebuild_range_idx on s3cache.rebuild_range (job_id, part, after);

create unlogged table s3cache.rebuild_slice (
    job_id bigint not null,
    part integer not null,
    slice integer not null,
    fence pg_snapshot not null,
    primary key (job_id, part, slice)
);
comment on table s3cache.rebuild_slice is 'Pages that were listed and compared together. Changes without a slice are left from an attempt that died.';
comment on column s3cache.rebuild_slice.job_id is 'The rebuild.';
comment on column s3cache.rebuild_slice.part is 'The part that they belong to.';
comment on column s3cache.rebuild_slice.slice is '0, 1, 2, … in each part.';
comment on column s3cache.rebuild_slice.fence is 'Taken before the first of the pages was asked for: only rows last touched by a transaction visible in it may be overwritten or removed.';

create unlogged table s3cache.rebuild_change (
    job_id bigint not null,
    part integer not null,
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
comment on column s3cache.rebuild_change.part is 'The part that it was found in.';
comment on column s3cache.rebuild_change.slice is 'The slice of the part.';
comment on column s3cache.rebuild_change.remove is 'true: the row''s object is gone; false: the row is to be added or brought up to date.';
comment on column s3cache.rebuild_change.filename is 'The row''s filename.';
comment on column s3cache.rebuild_change.size is 'Bytes, as listed; NULL of a removal.';
comment on column s3cache.rebuild_change.etag is 'As listed; NULL of a removal.';
comment on column s3cache.rebuild_change.last_modified is 'As listed; NULL of a removal.';
comment on column s3cache.rebuild_change.storage_class is 'As listed; NULL of a removal, and where the store has none.';
create index rebuild_change_idx on s3cache.rebuild_change (job_id, part, slice);

create index tombstone_xid_idx on s3cache.tombstone (cache_id, deleted_xid);
create index tombstone_time_idx on s3cache.tombstone (cache_id, deleted_at);

alter table s3cache.job add column pinned_to bigint;
comment on column s3cache.job.pinned_to is 'Only this worker may run it; NULL: any.';
create index job_pinned_idx on s3cache.job (pinned_to) where pinned_to is not null;
comment on column s3cache.job.kind is 'What is to be done: rebuild, rebuild_part, verify, add, upload, delete_object, read, presign.';
comment on column s3cache.job_history.kind is 'What was to be done: rebuild, rebuild_part, verify, add, upload, delete_object, read, presign.';
