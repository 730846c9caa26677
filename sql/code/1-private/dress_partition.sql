-- object: function s3cache.dress_partition(regclass)
create or replace function s3cache.dress_partition(partition regclass) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    recipient text;
    privileges text;
    index regclass;
begin
    -- A rebuild writes many rows with one created_at: merging equal entries again and again was a fifth of the work of such an INSERT.
    for index in
        select i.indexrelid
        from pg_catalog.pg_index i
        join pg_catalog.pg_class c on c.oid = i.indexrelid
        join pg_catalog.pg_am m on m.oid = c.relam and m.amname = 'btree'
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attname = 'created_at'
        where i.indrelid = partition and i.indkey::text = a.attnum::text and i.indpred is null
    loop
        execute format('alter index %s set (deduplicate_items = off)', index);
    end loop;
    execute format(
        'create or replace trigger s3cache_rows_inserted after insert on %s referencing new table as inserted '
        'for each statement execute function s3cache.rows_inserted()', partition);
    execute format(
        'create or replace trigger s3cache_row_touched before update on %s '
        'for each row execute function s3cache.row_touched()', partition);
    execute format('comment on trigger s3cache_rows_inserted on %s is %L', partition,
        'Refuses keys that no object can have, and tells workers of rows to look at.');
    execute format('comment on trigger s3cache_row_touched on %s is %L', partition,
        'Advances updated_at, object_version and touched_xid, which rebuilds and URLs go by.');
    for recipient, privileges in
        values ('s3cache_reader', 'select'), ('s3cache_writer', 'insert (filename)'), ('s3cache_admin', 'delete, truncate')
    loop
        continue when not exists (select from pg_catalog.pg_roles r where r.rolname = recipient);
        execute format('grant %s on %s to %I', privileges, partition, recipient);
    end loop;
    execute format('comment on table %s is %L', partition,
        'What s3cache knows of one bucket, a row an object. DELETE and TRUNCATE forget rows, the objects stay; a rebuild brings the rows back.');
    execute format('comment on column %s.id is %L', partition, 'Given at insert, unique over all caches.');
    execute format('comment on column %s.filename is %L', partition, 'The object''s key without the cache''s prefix, 1 to 1024 bytes, ordered by bytes.');
    execute format('comment on column %s.created_at is %L', partition, 'When the row was added.');
    execute format('comment on column %s.updated_at is %L', partition, 'When the row last changed.');
    execute format('comment on column %s.cache_id is %L', partition, 'The cache; the same in all rows of this table.');
    execute format('comment on column %s.size is %L', partition, 'Bytes; NULL while unverified.');
    execute format('comment on column %s.etag is %L', partition, 'Opaque mark of the contents as the store gives it, without quotes.');
    execute format('comment on column %s.last_modified is %L', partition, 'When the object was written, by the store''s clock.');
    execute format('comment on column %s.content_type is %L', partition, 'The object''s media type, where a HEAD or an upload told it.');
    execute format('comment on column %s.storage_class is %L', partition, 'As the store names it, where it does.');
    execute format('comment on column %s.width is %L', partition, 'Pixels, where an upload told it.');
    execute format('comment on column %s.height is %L', partition, 'Pixels, where an upload told it.');
    execute format('comment on column %s.sha256 is %L', partition, 'SHA-256 of the bytes, where an upload told it.');
    execute format('comment on column %s.state is %L', partition, 'unverified: added, not looked at yet; present: seen in the bucket; missing: asked for and not there.');
    execute format('comment on column %s.location is %L', partition, 's3: in the bucket; local: kept by a worker until the bucket takes it.');
    execute format('comment on column %s.verified_at is %L', partition, 'When the store last confirmed the state.');
    execute format('comment on column %s.object_version is %L', partition, 'Rises when the contents change, so that URLs change.');
    execute format('comment on column %s.touched_xid is %L', partition, 'The transaction that last wrote the row: a rebuild leaves rows alone that are newer than its listing.');
    execute format('comment on column %s.event_sequencer is %L', partition, 'Of the newest event that told of the object: its place in the order of the object''s changes. Stays when others write the row.');
    execute format('comment on column %s.event_place is %L', partition, 'Where the cache''s objects were then: sequencers of other buckets do not compare.');
    execute format('comment on column %s.event_xid is %L', partition, 'The transaction that applied that event; while it is touched_xid too, the row is as the event left it.');
end
$$;
comment on function s3cache.dress_partition(regclass) is
    'Gives a cache table its triggers, grants, comments and what its indexes keep; run for each at its creation and at every upgrade.';
