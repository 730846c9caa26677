-- object: function @extschema@.clear_s3_cache()
create or replace function @extschema@.clear_s3_cache() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    delete from s3cache.object o where o.cache_id = 1;
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
comment on function @extschema@.clear_s3_cache() is
    'Forgets all rows of s3_image_cache and gives their number. The objects stay in the bucket; the next rebuild restores the rows.';
