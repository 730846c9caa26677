-- What user_data.sql made, as its user sees it.

select 'setting', name, bucket, prefix, region, max_bytes, presign_ttl, paused, hint_interval from s3cache.cache order by id;
select 'row', id, to_json(filename), created_at, updated_at, cache_id, size, etag, content_type, state, location, verified_at,
    object_version
from s3cache.object order by cache_id, filename;
select 'job', id, kind, cache, state, done, total, attempt, queued_at, finished_at, result, error, owner, superseded_by
from s3cache.jobs order by id;
select 'live', id, args, priority, merge_key, serial_key, owner from s3cache.job order by id;
select 'history', id, args, merge_key from s3cache.job_history order by id;
select 'tombstone', cache_id, filename, deleted_at from s3cache.tombstone order by 2;
select 'index', indexdef from pg_indexes where indexname ~ '_of_a_user$' order by 2;
select 'view', * from of_a_user;
select 'view', to_json(v) from rows_of_a_user v order by id;
select 'grant', has_function_privilege(:'app', 's3cache.stats(text)', 'execute'),
    has_function_privilege(:'app', 'add_file_to_s3_cache(text)', 'execute'),
    (select has_function_privilege(:'app', p.oid, 'execute') from pg_proc p
        where p.proname = 'configure' and p.pronamespace = 's3cache'::regnamespace),
    has_table_privilege(:'app', 's3_image_cache', 'select'), has_table_privilege(:'app', 'second', 'select'),
    has_table_privilege(:'app', 's3cache.cache', 'select'), has_column_privilege(:'app', 'second', 'filename', 'insert'),
    has_table_privilege(:'app', 's3_image_cache', 'insert'), has_schema_privilege(:'app', 's3cache', 'usage');
