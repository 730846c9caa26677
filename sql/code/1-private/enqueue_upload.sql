-- object: function s3cache.enqueue_upload(integer, text, bytea, text, jsonb, text, text, text, text)
create or replace function s3cache.enqueue_upload(
    cache_id integer, filename text, content bytea, content_type text, metadata jsonb, cache_control text, category text,
    if_exists text, idempotency_key text) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    upload_job bigint := s3cache.first_job(cache_id, idempotency_key);
    size constant bigint := octet_length(content);
    format text;
    hash text;
    name text;
    args jsonb;
begin
    if upload_job is not null then
        return upload_job;
    end if;
    format := s3cache.content_format(content);
    hash := encode(sha256(content), 'hex');
    args := s3cache.upload_args(filename, content_type, metadata, cache_control, category, if_exists);
    name := s3cache.with_environment(
        s3cache.expanded_name(filename, hash, case when filename ~ '\{md5' then md5(content) end,
            s3cache.format_extension(coalesce(
                case when s3cache.formats_agree(format, s3cache.media_type_format(content_type)) then s3cache.media_type_format(content_type) end,
                format, s3cache.media_type_format(content_type))), true),
        (select s.environment from s3cache.cache_setting s where s.cache_id = enqueue_upload.cache_id));
    if args ? 'by_content' then
        begin
            args := args || jsonb_build_object('md5', md5(content));
        exception when internal_error then
            null;  -- where FIPS forbids it, what is there is compared byte by byte
        end;
    end if;
    perform s3cache.check_upload(cache_id, name, size, if_exists);
    if size > 268435456 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload %s: it has %s bytes, and 268435456 (256 MiB) are the most that go through a bytea.',
                to_json(left(name, 200)), size),
            hint = 'Larger ones are for s3cache.upload_file(), which the worker reads from its disk.';
    end if;
    perform s3cache.check_content(cache_id, name, format, content_type, category);
    upload_job := s3cache.enqueue_write('upload', cache_id, name,
        args || jsonb_build_object('size', size, 'sha256', hash), idempotency_key);
    insert into s3cache.staged_content (job_id, content) values (upload_job, enqueue_upload.content);
    return upload_job;
end
$$;
comment on function s3cache.enqueue_upload(integer, text, bytea, text, jsonb, text, text, text, text) is
    'Adds a job that uploads bytes, and stages them; or gives the one that the caller asked for before with the same idempotency key. Raises an error, one sentence with a hint, for what cannot be uploaded as far as its beginning tells.';
