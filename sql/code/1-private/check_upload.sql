-- object: function s3cache.check_upload(integer, text, bigint, text)
create or replace function s3cache.check_upload(cache_id integer, filename text, size bigint, if_exists text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    written s3cache.cache;
    problem text;
begin
    select c.* into written from s3cache.cache c where c.id = check_upload.cache_id;
    problem := s3cache.filename_problem(filename, octet_length(written.prefix));
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload %s: %s.', coalesce(to_json(left(filename, 200))::text, 'NULL'), problem),
            hint = 'A filename is the object''s key without the cache''s prefix, such as 1/photo.jpg.';
    end if;
    if size is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = format('Cannot upload %s: its content is NULL.', to_json(left(filename, 200))),
            hint = 'Give the bytes as bytea.';
    end if;
    if size > written.max_bytes then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload %s: it has %s bytes, and the setting max_bytes of cache %s is %s.',
                to_json(left(filename, 200)), size, written.name, written.max_bytes),
            hint = format('An administrator can raise it: SELECT s3cache.configure(%L, max_bytes => …);', written.name);
    end if;
    if if_exists not in ('replace', 'skip', 'error') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('if_exists cannot be %s: it takes replace, skip or error.', to_json(left(if_exists, 200))),
            hint = 'NULL takes the cache''s setting.';
    end if;
end
$$;
comment on function s3cache.check_upload(integer, text, bigint, text) is
    'Raises an error, one sentence with a hint, if a file of this name and size may not be uploaded into the cache.';
