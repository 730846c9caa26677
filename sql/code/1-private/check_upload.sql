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
            hint = 'Give the bytes as bytea; ''''::bytea is an empty object.';
    end if;
    if size > written.max_bytes then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload %s: it has %s bytes, and the setting max_bytes of cache %s is %s.',
                to_json(left(filename, 200)), size, written.name, written.max_bytes),
            hint = format('An administrator can raise it: SELECT s3cache.configure(%L, max_bytes => …);', written.name);
    end if;
    if size > 268435456 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload %s: it has %s bytes, and 268435456 (256 MiB) are the most that go through a bytea.',
                to_json(left(filename, 200)), size),
            hint = 'Put larger objects into the bucket with a client of S3; the next rebuild finds them.';
    end if;
    if coalesce(if_exists, 'replace') <> 'replace' then
        perform s3cache.refuse_argument('s3cache.upload', 'if_exists');
    end if;
    if if_exists is null and written.if_exists <> 'replace' then
        raise exception using
            errcode = 'feature_not_supported',
            message = format('Cannot upload to cache %s: its setting if_exists is %s, which is not supported yet by this version of s3cache.',
                written.name, written.if_exists),
            hint = 'Say if_exists => ''replace'' to replace the object if there is one.';
    end if;
    if written.environment is not null then
        raise exception using
            errcode = 'feature_not_supported',
            message = format('Cannot upload to cache %s: its setting environment is %s, which is not supported yet by this version of s3cache.',
                written.name, written.environment),
            hint = format('An administrator can remove it: SELECT s3cache.reset(%L, ''environment'');', written.name);
    end if;
end
$$;
comment on function s3cache.check_upload(integer, text, bigint, text) is
    'Raises an error, one sentence with a hint, if a file of this name and size may not be uploaded into the cache, or if the cache''s settings ask for what uploads cannot do yet.';
