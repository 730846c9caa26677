-- object: function s3cache.read(text, bigint, text)
create or replace function s3cache.read(filename text, max_bytes bigint default null, cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    largest constant bigint := 268435456;
    looked_in integer := s3cache.cache_id(cache);
    serial_key text;
    at_most bigint := coalesce(max_bytes,
        (select least(c.max_bytes, largest) from s3cache.cache c where c.id = looked_in));
begin
    perform s3cache.check_key(filename, looked_in);
    if at_most not between 1 and largest then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('max_bytes cannot be %s: it takes 1 to %s (256 MiB), or NULL for the cache''s setting.', at_most, largest),
            hint = 'Larger objects are for the command line: s3cache get.';
    end if;
    serial_key := s3cache.read_serial_key(looked_in, filename);
    return s3cache.enqueue('read', looked_in, jsonb_build_object('filename', filename, 'max_bytes', at_most),
        case when serial_key is not null then format('read/%s/%s/%s', looked_in, at_most, filename) end, serial_key,
        5::smallint);
end
$$;
comment on function s3cache.read(text, bigint, text) is
    'Reads an object; gives a job id. Once the job has ended, SELECT s3cache.content(id) gives the bytes, to its owner, for an hour. An object of more than max_bytes (NULL: the cache''s setting, at most 256 MiB) makes the job fail; one that does not exist does not. Sees what uploads and deletions that were enqueued before it left; equal reads that wait at the same time make one request. What S3 has not taken yet, because it is away, is read from its copy. The result is {"filename", "key", "found", "size", "etag", "content_type"}.';
