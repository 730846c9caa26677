-- object: function s3cache.sort_inventory(bigint, bigint)
create or replace function s3cache.sort_inventory(job_id bigint, token bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- For the sort; what does not fit into it goes to temporary files.
set work_mem = '64MB'
set jit = off
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
    sorted bigint;
begin
    -- A crash of the server empties all of these tables: rows that were collected after it are not all.
    if not exists (
        select from s3cache.rebuild_listing l
        where l.job_id = held.job_id and l.as_of is not null and l.staged is null)
    then
        raise exception using
            errcode = 'S3C02',
            message = format('What rebuild %s had collected was lost in a crash of the server; it begins anew.', job_id);
    end if;
    insert into s3cache.rebuild_listed (job_id, filename, size, etag, last_modified, storage_class)
    select r.job_id, r.filename, r.size, r.etag, r.last_modified, r.storage_class
    from s3cache.inventory_row r
    where r.job_id = sort_inventory.job_id
    order by r.filename;
    get diagnostics sorted = row_count;
    delete from s3cache.inventory_row r where r.job_id = sort_inventory.job_id;
    update s3cache.rebuild_listing l set staged = sorted where l.job_id = held.job_id;
    return sorted;
end
$$;
comment on function s3cache.sort_inventory(bigint, bigint) is
    'Sorts the collected rows of a rebuild''s inventory, for s3cache.listed_rows(); gives how many there are. Raises S3C01 if the claim is void, S3C02 if a crash of the server has taken what was collected, and unique_violation where the inventory lists an object twice.';
