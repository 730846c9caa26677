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
begin
    return s3cache.enqueue_upload(s3cache.cache_id(cache), filename, content, content_type, metadata, cache_control, category,
        if_exists, idempotency_key);
end
$$;
comment on function s3cache.upload(text, bytea, text, jsonb, text, text, text, text, text) is
    'Uploads bytes as an object, and its row follows once S3 has acknowledged them; gives a job id. Enqueued in the caller''s transaction: after a rollback nothing was uploaded. The bytes are durable at COMMIT and stay in the database until the job has ended well, is cancelled, or refuses them for what they are. Jobs on one object run one at a time, in the order they were enqueued. filename: may have placeholders such as {uuid}, {sha256:8}, {ext}, {date:YYYY}; content_type NULL: what the bytes are; metadata: an object of strings, at most 2 KB; cache_control NULL: the category''s, else the cache''s setting; category: PublicAsset, PublicData, PrivateData or Html; if_exists: replace, skip or error, NULL: the cache''s setting; idempotency_key: a second call with it gives the first call''s job. What cannot be uploaded is refused at once, as far as the beginning of the bytes tells, else by the worker, before S3 is called: names that are never written, more than max_bytes, types that are not in allowed_types, types other than declared or named. The result is {"filename", "key", "url", "etag", "size", "content_type", "width", "height", "sha256", "location"}, and "skipped": true where the object was there and stayed.';
