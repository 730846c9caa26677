-- object: function s3cache.requeue_jobs(bigint[])
create or replace function s3cache.requeue_jobs(ids bigint[]) returns integer
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
    update s3cache.job j
    set state = case when late.until is null then 'queued' else 'waiting' end, run_at = coalesce(late.until, j.run_at),
        attempt = greatest(j.attempt - 1, 0), rescues = j.rescues + 1, worker_id = null, claim_token = null
    from (
        select held.id, l.until
        from s3cache.job held
        left join s3cache.late_write l on l.serial_key = held.serial_key
        where held.id = any (ids)
    ) late
    where j.id = late.id;
    get diagnostics requeued = row_count;
    return requeued;
end
$$;
comment on function s3cache.requeue_jobs(bigint[]) is
    'Takes running jobs from their workers and queues them again without spending an attempt, those that wrote to the bucket for when nothing of that can arrive any more; those that were to be cancelled end so instead. Gives the number of the former. The caller holds the rows, and has called s3cache.expect_late_writes() unless late writes do no harm.';
