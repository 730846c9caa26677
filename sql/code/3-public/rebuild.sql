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
        if inventory !~ '^s3://[A-Za-z0-9._-]+/.' or octet_length(inventory) > 1300 then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('%s does not say where an inventory is.', to_json(left(inventory, 200))),
                hint = 'Give its manifest as s3://bucket/path/manifest.json.';
        end if;
        arguments := arguments || jsonb_build_object('inventory', inventory);
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
    'Makes the table equal to the bucket; gives a job id at once, and never waits. prefix: only filenames that start with it. dry_run: only fills s3cache.orphan. force: also where more than max_delete_fraction of the rows would go. inventory: s3://bucket/path/manifest.json of an Amazon S3 Inventory of the bucket, in CSV, which is read in place of a listing: the table becomes what the report says, but for what s3cache knows to be newer: rows confirmed or written later than an hour before the report was begun stay as they are, and what was deleted since stays away. Rows that the report does not list are removed only with force, for a filtered report looks like any other; dry_run shows them. A new row is present, with verified_at as of the report. Readers never see a file vanish that was there all along; a listing that fails changes nothing, but for true rows that it may have added to a cache that was empty. The result is {"listed", "added", "updated", "removed", "unchanged", "pages", "seconds"}, of an inventory also "as_of".';
