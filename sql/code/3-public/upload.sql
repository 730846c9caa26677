-- object: function s3cache.upload(text, bytea, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload(
    filename text,
    content bytea,
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
    written integer := s3cache.cache_id(cache);
    size bigint := octet_length(content);
    upload_job bigint;
begin
    if category is not null then
        perform s3cache.refuse_argument('s3cache.upload', 'category');
    end if;
    if idempotency_key is not null then
        perform s3cache.refuse_argument('s3cache.upload', 'idempotency_key');
    end if;
    perform s3cache.check_upload(written, filename, size, if_exists);
    perform s3cache.check_upload_headers(content_type, metadata, cache_control);
    upload_job := s3cache.enqueue_for_object('upload', written, filename, jsonb_strip_nulls(jsonb_build_object(
        'filename', filename, 'content_type', content_type, 'metadata', coalesce(metadata, '{}'),
        'cache_control', cache_control, 'size', size, 'sha256', encode(sha256(content), 'hex'), 'if_exists', if_exists)));
    insert into s3cache.staged_content (job_id, content) values (upload_job, upload.content);
    return upload_job;
end
$$;
comment on function s3cache.upload(text, bytea, text, jsonb, text, text, text, text, text) is
    'Uploads bytes as an object, and its row follows once S3 has acknowledged them; gives a job id. Enqueued in the caller''s transaction: after a rollback nothing was uploaded. The bytes are durable at COMMIT and stay in the database until the job has ended well or is cancelled. Jobs on one object run one at a time, in the order they were enqueued. content_type NULL: the worker chooses; metadata: an object of strings, at most 2 KB; cache_control NULL: the cache''s setting. What cannot be uploaded is refused at once: names that are never written, more than max_bytes. category, idempotency_key and if_exists other than ''replace'' are not supported yet. The result is {"filename", "key", "url", "etag", "size", "content_type", "width", "height", "sha256", "location"}.';
