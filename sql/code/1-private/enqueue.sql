-- object: function s3cache.enqueue(text, integer, jsonb, text, text, smallint)
create or replace function s3cache.enqueue(
    kind text, cache_id integer, args jsonb, merge_key text, serial_key text, priority smallint) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    job_id bigint;
begin
    insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, priority, owner)
    values (enqueue.kind, enqueue.cache_id, enqueue.args, enqueue.merge_key, enqueue.serial_key, enqueue.priority,
        s3cache.caller())
    returning id into job_id;
    -- Before anything of it is in the bucket. s3cache.name_upload() does the same where the content makes the name.
    if args ->> 'category' = 'PrivateData' and args ? 'filename' then
        insert into s3cache.private_file (job_id, cache_id, filename)
        values (job_id, enqueue.cache_id, args ->> 'filename');
    end if;
    -- s3cache_job_enqueued wakes the workers when the transaction commits, for its first job.
    perform set_config('s3cache.wakes', 'at commit', true);
    return job_id;
end
$$;
comment on function s3cache.enqueue(text, integer, jsonb, text, text, smallint) is
    'Adds a job in the caller''s transaction and gives its id. Never waits: duplicates are merged when a worker claims, not here.';
