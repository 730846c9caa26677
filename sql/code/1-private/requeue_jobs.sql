-- object: function s3cache.requeue_jobs(bigint[], text)
create or replace function s3cache.requeue_jobs(ids bigint[], worker_is text) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    unwanted bigint[] := array(select j.id from s3cache.job j where j.id = any (ids) and j.cancel_requested);
    requeued integer;
begin
    if cardinality(unwanted) > 0 then
        perform s3cache.end_jobs(unwanted, 'cancelled');
    end if;
    -- The bucket may still be busy with a write of the worker's: it must not land on a later one.
    update s3cache.job j
    set state = case when late.until is null then 'queued' else 'waiting' end, run_at = coalesce(late.until, j.run_at),
        attempt = greatest(j.attempt - 1, 0), rescues = j.rescues + 1, worker_id = null, claim_token = null
    from (
        select held.id,
            case when held.kind in ('upload', 'delete_object') and worker_is <> 'other' then
                case when worker_is = 'dead' then coalesce(w.heartbeat_at + w.lease, clock_timestamp()) else clock_timestamp() end
                    + coalesce(w.write_timeout, interval '1 minute')
                    + coalesce((held.args ->> 'size')::bigint, 0) / 262144.0 * interval '1 second'
            end as until
        from s3cache.job held
        left join s3cache.worker w on w.id = held.worker_id
        where held.id = any (ids)
    ) late
    where j.id = late.id;
    get diagnostics requeued = row_count;
    return requeued;
end
$$;
comment on function s3cache.requeue_jobs(bigint[], text) is
    'Takes running jobs from their workers and queues them again without spending an attempt; those that were to be cancelled end so instead. Gives the number of the former. worker_is: dead, leaving, or other, where what it may still write does no harm. The caller holds the rows.';
