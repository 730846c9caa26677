-- object: function s3cache.row_touched()
create or replace function s3cache.row_touched() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    new.touched_xid := pg_current_xact_id();
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
    if new.etag is distinct from old.etag and old.etag is not null then
        new.object_version := old.object_version + 1;
    end if;
    return new;
end
$$;
comment on function s3cache.row_touched() is
    'Trigger of every cache table, before a row is updated: advances updated_at, records the writing transaction for the rebuild''s fence, and raises object_version when the contents changed.';
