-- object: function s3cache.expect_late_writes(bigint[], text)
create or replace function s3cache.expect_late_writes(ids bigint[], worker_is text) returns void
language sql
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty: each job is looked up.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
    insert into s3cache.late_write as l (serial_key, cache_id, filename, until)
    select w.key, j.cache_id, w.filename,
        case when worker_is = 'dead' then coalesce(k.heartbeat_at + k.lease, clock_timestamp()) else clock_timestamp() end
            -- Parts change no object, and are never more than 16 MiB at once: only the word that makes one of them does.
            + case
                when p.is_completing or s.bytes <= 16777216 then
                    coalesce(k.write_timeout, interval '1 minute') + s.bytes / 262144.0 * interval '1 second'
                when p.is_completing is null then coalesce(k.write_timeout, interval '1 minute') + interval '64 seconds'
                else interval '0'
            end
    from s3cache.job j
    cross join lateral (values (j.serial_key, j.args ->> 'filename'), (j.second_key, j.args ->> 'new_filename')) as w (key, filename)
    left join s3cache.worker k on k.id = j.worker_id
    -- What the database is not told of a file before it is sent has a megabyte at most: UploadFileHandler.
    cross join lateral (
        select coalesce((j.args ->> 'size')::bigint, case when j.kind = 'upload_file' then 1048576 else 0 end) as bytes) s
    cross join lateral (
        select bool_or(coalesce((u.checkpoint ->> 'isCompleting')::boolean, false)) as is_completing
        from s3cache.unfinished_upload u
        where u.job_id = j.id) p
    where j.id = any (ids) and j.kind in ('upload', 'upload_file', 'fetch', 'delete_object', 'rename_object') and w.key is not null
    on conflict on constraint late_write_pkey do update set until = greatest(l.until, excluded.until)
$$;
comment on function s3cache.expect_late_writes(bigint[], text) is
    'Notes, of running jobs that are taken from their worker, how long what it sent to the bucket may still arrive there: of uploads in parts only what makes an object of the parts counts. worker_is: dead or leaving.';
