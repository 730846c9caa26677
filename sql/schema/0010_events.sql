-- What events of the bucket leave behind: the place of the last one in the order of its object's changes.

alter table s3cache.object
    add column event_sequencer text collate "C",
    add column event_place integer,
    add column event_xid xid8;
comment on column s3cache.object.event_sequencer is
    'Of the newest event that told of the object: its place in the order of the object''s changes, as s3cache.event_order() gives it. Stays when others write the row.';
comment on column s3cache.object.event_place is 'Where the cache''s objects were then: sequencers of other buckets do not compare.';
comment on column s3cache.object.event_xid is 'The transaction that applied that event; while it is touched_xid too, the row is as the event left it.';

alter table s3cache.tombstone
    add column event_sequencer text collate "C",
    add column event_place integer,
    add column event_xid xid8;
comment on table s3cache.tombstone is
    'Objects deleted through s3cache or, as events say, from the bucket, remembered so that a rebuild whose listing is older than the deletion does not bring their rows back, nor an event that comes late.';
comment on column s3cache.tombstone.filename is 'The deleted object''s filename in the cache.';
comment on column s3cache.tombstone.event_sequencer is 'As in s3cache.object, of the event that told of the deletion.';
comment on column s3cache.tombstone.event_place is 'As in s3cache.object.';
comment on column s3cache.tombstone.event_xid is 'The transaction that applied that event; while it is deleted_xid too, no other deletion followed.';
-- Those of events are kept for longer, and need not be passed to find the others.
create index tombstone_plain_idx on s3cache.tombstone (cache_id, deleted_at) where event_sequencer is null;
-- Of a transaction that is open for long, not when it began.
alter table s3cache.tombstone alter column deleted_at set default pg_catalog.clock_timestamp();
comment on column s3cache.tombstone.deleted_at is 'When it was recorded; dropped after a day, or after 15 where an event is remembered, by s3cache.prune_tombstones().';
