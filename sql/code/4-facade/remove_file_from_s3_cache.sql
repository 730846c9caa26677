-- object: function @extschema@.remove_file_from_s3_cache(text)
create or replace function @extschema@.remove_file_from_s3_cache(filename text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant text := remove_file_from_s3_cache.filename;
begin
    if wanted is null or wanted = '' then
        return 'ERROR: the filename is NULL or empty; give the one to forget';
    end if;
    delete from s3cache.object o where o.cache_id = 1 and o.filename = wanted;
    if not found then
        return format('ERROR: %s is not in the cache; spelling and case must match', wanted);
    end if;
    return format('SUCCESS: %s was forgotten; the object stays in the bucket', wanted);
end
$$;
comment on function @extschema@.remove_file_from_s3_cache(text) is
    'Forgets one row of s3_image_cache and gives SUCCESS…; ERROR: and the reason if it is not there. The object stays in the bucket, and the next rebuild brings its row back.';
