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
    select j.serial_key, j.cache_id, j.args ->> 'filename',
        case when worker_is = 'dead' then coalesce(w.heartbeat_at + w.lease, clock_timestamp()) else clock_timestamp() end
            + coalesce(w.write_timeout, interval '1 minute')
            + coalesce((j.args ->> 'size')::bigint, 0) / 262144.0 * interval '1 second'
    from s3cache.job j
    left join s3cache.worker w on w.id = j.worker_id
    where j.id = any (ids) and j.kind in ('upload', 'delete_object')
    on conflict on constraint late_write_pkey do update set until = greatest(l.until, excluded.until)
$$;
comment on function s3cache.expect_late_writes(bigint[], text) is
    'Notes, of running jobs that are taken from their worker, how long what it sent to the bucket may still arrive there. worker_is: dead or leaving.';
