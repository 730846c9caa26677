-- object: function s3cache.enqueue_write(text, integer, text, jsonb, text)
create or replace function s3cache.enqueue_write(
    kind text, cache_id integer, filename text, args jsonb, idempotency_key text) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return s3cache.enqueue(kind, cache_id,
        args || jsonb_strip_nulls(jsonb_build_object('filename', filename, 'idempotency_key', idempotency_key)),
        'once/' || cache_id || '/' || length(s3cache.caller()) || '/' || s3cache.caller() || '/' || idempotency_key,
        'object:' || cache_id || ':' || filename, 5::smallint);
end
$$;
comment on function s3cache.enqueue_write(text, integer, text, jsonb, text) is
    'Adds a job that writes one object. Jobs with equal idempotency keys of one role in one cache are duplicates of the first. A filename of NULL is not known before the worker has read the content.';
