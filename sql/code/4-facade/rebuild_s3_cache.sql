-- object: function @extschema@.rebuild_s3_cache()
create or replace function @extschema@.rebuild_s3_cache() returns bigint
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select s3cache.rebuild('s3_image_cache')
$$;
comment on function @extschema@.rebuild_s3_cache() is
    'Makes s3_image_cache equal to its bucket: s3cache.rebuild() of the default cache. Gives a job id at once; SELECT * FROM s3cache.wait(id) waits for it.';
