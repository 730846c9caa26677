-- object: function s3cache.delete_object(text, text)
create or replace function s3cache.delete_object(filename text, cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    deleted integer := s3cache.cache_id(cache);
begin
    perform s3cache.check_key(filename, deleted);
    return s3cache.enqueue_for_object('delete_object', deleted, filename, jsonb_build_object('filename', filename));
end
$$;
comment on function s3cache.delete_object(text, text) is
    'Deletes an object from the bucket, and its row; gives a job id. Enqueued in the caller''s transaction: after a rollback nothing was deleted. Jobs on one object run one at a time, in the order they were enqueued. Takes any name that a bucket may hold; one that it does not hold is no error. The result is {"filename", "key"}. To forget the row only, DELETE it.';
