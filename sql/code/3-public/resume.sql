-- object: function s3cache.resume()
create or replace function s3cache.resume() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not s3cache.at_home() then
        delete from s3cache.installation i where true;
        insert into s3cache.installation (system_identifier, database_oid)
        select s.system_identifier, d.oid
        from pg_catalog.pg_control_system() s, pg_catalog.pg_database d
        where d.datname = current_database();
        -- Transaction ids of the other cluster mean nothing here.
        update s3cache.job j set enqueued_xid = '3' where j.enqueued_xid is distinct from '3';
        -- Neither do snapshots: rebuilds that had begun list anew.
        delete from s3cache.rebuild_listing l where true;
        delete from s3cache.rebuild_part p where true;
        delete from s3cache.rebuild_range r where true;
        delete from s3cache.rebuild_change c where true;
        delete from s3cache.rebuild_slice s where true;
        delete from s3cache.inventory_row r where true;
        delete from s3cache.rebuild_listed l where true;
        -- Nor is it this database's to abort what the original may be at work on.
        delete from s3cache.unfinished_upload u where not exists (select from s3cache.job j where j.id = u.job_id);
        delete from s3cache.worker w where w.heartbeat_at + w.lease <= clock_timestamp();
    end if;
    -- Tables are restored in any order.
    perform s3cache.refresh_url_plans();
    perform s3cache.wake_workers();
    return (select count(*) from s3cache.job j);
end
$$;
comment on function s3cache.resume() is
    'Lets workers run in a database that was restored from a dump; gives the number of unfinished jobs that they will now run. Until then they run nothing, so that a copy does not do the original''s deletes; cancel what is not wanted first. Harmless elsewhere.';
