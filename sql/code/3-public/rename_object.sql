-- object: function s3cache.rename_object(text, text, text)
create or replace function s3cache.rename_object(filename text, new_filename text, cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    renamed constant integer := s3cache.cache_id(cache);
    new_name constant text := s3cache.with_environment(
        new_filename, (select s.environment from s3cache.cache_setting s where s.cache_id = renamed));
    problem constant text := s3cache.filename_problem(
        new_name, (select octet_length(c.prefix) from s3cache.cache c where c.id = renamed));
    is_private boolean;
    rename_job bigint;
begin
    perform s3cache.check_key(filename, renamed);
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot rename %s to %s: %s.', to_json(left(filename, 200)),
                coalesce(to_json(left(new_filename, 200))::text, 'NULL'), replace(problem, 'the filename', 'the new filename')),
            hint = 'A filename is the object''s key without the cache''s prefix, such as 1/photo.jpg.';
    elsif filename = new_name then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot rename %s: it has this name already.', to_json(left(filename, 200))),
            hint = 'Give the name that it is to have.';
    elsif s3cache.extension_format(filename) is distinct from s3cache.extension_format(new_filename)
        and s3cache.extension_format(new_filename) is not null
        and not exists (
            select from s3cache.object o
            where o.cache_id = renamed and o.filename = rename_object.filename
                and s3cache.media_type_format(o.content_type) = s3cache.extension_format(new_filename))
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot rename %s to %s: the new extension is that of another type.',
                to_json(left(filename, 200)), to_json(left(new_filename, 200))),
            hint = 'Renaming does not convert: keep the extension, or upload the file anew.';
    end if;
    is_private := s3cache.is_private(renamed, filename);
    rename_job := s3cache.enqueue_for_object('rename_object', renamed, filename,
        jsonb_build_object('filename', filename, 'new_filename', new_name)
            || case when is_private then '{"access": "private"}' else '{}' end::jsonb);
    update s3cache.job j set second_key = 'object:' || renamed || ':' || new_name where j.id = rename_job;
    if is_private then
        insert into s3cache.private_file (job_id, cache_id, filename) values (rename_job, renamed, new_name);
    end if;
    return rename_job;
end
$$;
comment on function s3cache.rename_object(text, text, text) is
    'Renames an object and its row: it is copied within the bucket, and then the old one deleted; gives a job id. Enqueued in the caller''s transaction: after a rollback nothing was renamed. Outside production the new name gets the suffix of uploads. Runs after what was enqueued before it on either name, and before what is enqueued later. Where the new name is taken by another object the job fails and changes nothing. The result is that of an upload.';
