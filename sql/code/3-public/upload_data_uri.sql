-- object: function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload_data_uri(
    filename text,
    data_uri text,
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
as $$
declare
    written constant integer := s3cache.cache_id(cache);
    data record;
begin
    select d.media_type, d.content into data
    from s3cache.data_uri_content(data_uri, (select c.max_bytes from s3cache.cache c where c.id = written)) d;
    if content_type is not null and data.media_type is not null
        and s3cache.media_type_format(content_type) is distinct from s3cache.media_type_format(data.media_type)
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload the data: URI: it says %s, and content_type %s.', to_json(left(data.media_type, 60)), to_json(left(content_type, 60))),
            hint = 'Leave content_type out.';
    end if;
    return s3cache.enqueue_upload(written, filename, data.content, coalesce(content_type, data.media_type), metadata, cache_control,
        category, if_exists, idempotency_key);
end
$$;
comment on function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text) is
    'Uploads what a data: URI (RFC 2397) stands for, in base64 or percent-encoded; gives a job id. Its media type counts as content_type; everything else is as with s3cache.upload(). Neither messages nor jobs show the data; a server that logs statements does.';
