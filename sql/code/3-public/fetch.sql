-- object: function s3cache.fetch(text, text, text, text, text)
create or replace function s3cache.fetch(
    url text,
    filename text default null,
    category text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    fetched_into constant integer := s3cache.cache_id(cache);
    address constant text := s3cache.fetchable_url(url);
    -- What the URL, or the URL and the key, stand for.
    subject constant text := encode(sha256(convert_to(address || coalesce(E'\n' || idempotency_key, ''), 'UTF8')), 'hex');
    template constant text := coalesce(filename, format('fetched/%s.{ext}', subject));
    name text := s3cache.expanded_name(template, null, null, null, false);
    is_known constant boolean := template !~ '(^|[^{])(\{\{)*\{(sha256|md5|ext)(:[0-9]+)?\}';
    fetched s3cache.cache;
    once text;
    first_id bigint;
    problem text;
begin
    if idempotency_key is not null then
        if octet_length(idempotency_key) not between 1 and 255 then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('idempotency_key cannot have %s bytes: it takes 1 to 255.', octet_length(idempotency_key)),
                hint = 'Such as the id of the row that the image belongs to.';
        end if;
        once := 'fetch/' || subject;
        first_id := s3cache.first_job(fetched_into, once);
        if first_id is not null then
            return first_id;
        end if;
    end if;
    select c.* into fetched from s3cache.cache c where c.id = fetched_into;
    if is_known then
        name := s3cache.with_environment(name, fetched.environment);
    end if;
    problem := s3cache.filename_problem(
        -- Whatever the content will be, its name has this length.
        case when is_known then name else s3cache.expanded_name(name, repeat('0', 64), repeat('0', 32), 'jpg', true) end,
        octet_length(fetched.prefix));
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot fetch into %s: %s.', to_json(left(name, 200)), problem),
            hint = 'A filename is the object''s key without the cache''s prefix, such as 1/photo.jpg.';
    end if;
    return s3cache.enqueue('fetch', fetched_into,
        s3cache.upload_args(template, null, null, null, category, null) || jsonb_strip_nulls(jsonb_build_object(
            'url', address, 'template', case when not is_known then name end, 'filename', case when is_known then name end,
            'stable', case when filename is null then subject end, 'idempotency_key', once)),
        coalesce(
            format('once/%s/%s/%s/', fetched_into, length(s3cache.caller()), s3cache.caller()) || once,
            format('fetch/%s/%s', fetched_into,
                encode(sha256(convert_to(jsonb_build_array(address, name, category)::text, 'UTF8')), 'hex'))),
        case when is_known then format('object:%s:%s', fetched_into, name) end, 10::smallint);
end
$$;
comment on function s3cache.fetch(text, text, text, text, text) is
    'Has a worker download a URL and store what it finds; gives a job id. Enqueued in the caller''s transaction, and waits for nobody. Only from the public internet, as the worker''s operator allows, with the same rules for what is taken as s3cache.upload(). filename NULL: fetched/ and a hash of the URL and the idempotency_key, with the extension of the content: as long as that is there, nothing is downloaded again. It may have placeholders, also of the content: {sha256:8}, {ext}. category: as for s3cache.upload(). idempotency_key: a second call with it and the URL gives the first call''s job. Who asks for the same while it is being downloaded gets the result of that. A URL that failed for good is not asked for again for a while: that fails at once with fetch_backing_off. The result is that of s3cache.upload(), with "skipped": true where nothing was downloaded; that of a failure has the cache''s default_image in "fallback".';
