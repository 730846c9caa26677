-- object: function @extschema@.add_file_to_s3_cache(text)
create or replace function @extschema@.add_file_to_s3_cache(filename text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant text := add_file_to_s3_cache.filename;
    problem text;
begin
    problem := s3cache.filename_problem(wanted,
        coalesce((select octet_length(s.prefix) from s3cache.cache_setting s where s.cache_id = 1), 0));
    if problem is not null then
        return 'ERROR: ' || problem;
    end if;
    insert into s3cache.object (cache_id, filename)
    select 1, wanted
    where not exists (select from s3cache.object o where o.cache_id = 1 and o.filename = wanted)
    on conflict do nothing;
    if found then
        perform s3cache.wake_workers();
        return format('SUCCESS: %s was added to the cache', wanted);
    end if;
    update s3cache.object o set state = 'unverified'
    where o.cache_id = 1 and o.filename = wanted and o.state = 'missing';
    if found then
        perform s3cache.wake_workers();
        return format('SUCCESS: %s was missing and will be looked for again', wanted);
    end if;
    return format('SUCCESS: %s is in the cache already', wanted);
end
$$;
comment on function @extschema@.add_file_to_s3_cache(text) is
    'Adds one filename to s3_image_cache and gives SUCCESS…, also if it was there; for a name that cannot be a key, ERROR: and the reason, and adds nothing. Needs neither worker nor credentials: the row is unverified until a worker has asked the bucket.';
