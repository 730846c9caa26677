-- object: function s3cache.rebuild(text, text, boolean, boolean, text)
create or replace function s3cache.rebuild(
    cache text default 's3_image_cache', prefix text default null, dry_run boolean default false,
    force boolean default false, inventory text default null) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rebuilt integer := s3cache.cache_id(cache);
    arguments jsonb := jsonb_build_object(
        'prefix', coalesce(prefix, ''), 'dry_run', coalesce(dry_run, false), 'force', coalesce(force, false));
begin
    if inventory is not null then
        perform s3cache.refuse_argument('s3cache.rebuild', 'inventory');
    end if;
    if octet_length(prefix) > 1024 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The prefix has %s bytes; keys have at most 1024.', octet_length(prefix));
    end if;
    return s3cache.enqueue('rebuild', rebuilt, arguments, format('rebuild/%s/%s', rebuilt, arguments),
        format('rebuild/%s', rebuilt), 10::smallint);
end
$$;
comment on function s3cache.rebuild(text, text, boolean, boolean, text) is
    'Makes the table equal to the bucket; gives a job id at once, and never waits. prefix: only filenames that start with it. dry_run: only fills s3cache.orphan. force: also where more than max_delete_fraction of the rows would go. inventory: not supported yet. Readers never see a file vanish that was there all along; a listing that fails changes nothing, but for true rows that it may have added to a cache that was empty. The result is {"listed", "added", "updated", "removed", "unchanged", "pages", "seconds"}.';
