-- object: function s3cache.upload_file(text, text, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload_file(
    filename text,
    path text,
    content_type text default null,
    metadata jsonb default '{}',
    cache_control text default null,
    category text default null,
    if_exists text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    written constant integer := s3cache.cache_id(cache);
    upload_job bigint := s3cache.first_job(written, idempotency_key);
    args jsonb;
    name text;
begin
    if upload_job is not null then
        return upload_job;
    elsif coalesce(path, '') = '' or octet_length(path) > 4096 or path ~ '(^|/)\.\.(/|$)|/$|[\u0001-\u001f]' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload the file %s: its path is none of a file below a directory.', coalesce(to_json(left(path, 200))::text, 'NULL')),
            hint = 'Give a path below one of the worker''s S3CACHE_FILE_ROOTS, or relative to one, without "..".';
    end if;
    args := s3cache.upload_args(filename, content_type, metadata, cache_control, category, if_exists)
        || jsonb_build_object('path', path);
    name := s3cache.expanded_name(filename, null, null, null, false);
    if filename ~ '(^|[^{])(\{\{)*\{(sha256|md5|ext)(:[0-9]+)?\}' then
        perform s3cache.check_upload(written, regexp_replace(name, '[{}]', '', 'g'), 0, if_exists);
        return s3cache.enqueue_write('upload_file', written, null, args || jsonb_build_object('template', name), idempotency_key);
    end if;
    name := s3cache.with_environment(name, (select s.environment from s3cache.cache_setting s where s.cache_id = written));
    perform s3cache.check_upload(written, name, 0, if_exists);
    return s3cache.enqueue_write('upload_file', written, name, args, idempotency_key);
end
$$;
comment on function s3cache.upload_file(text, text, text, jsonb, text, text, text, text, text) is
    'Uploads a file that the worker reads from its own disk, below one of the directories in its S3CACHE_FILE_ROOTS; gives a job id. The path is absolute or relative to one of them; "..", symbolic links and what is no regular file are refused. The other arguments, the checks and the result are those of s3cache.upload(); the file may have as many bytes as max_bytes says, is never held in memory as a whole, and must not change meanwhile. Nothing of it is in the database.';
