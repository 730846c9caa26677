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
    set state = 'queued', attempt = greatest(j.attempt - 1, 0), rescues = j.rescues + 1, worker_id = null,
        claim_token = null
    where j.id = any (ids);
    get diagnostics requeued = row_count;
    return requeued;
end
$$;
comment on function s3cache.requeue_jobs(bigint[]) is
    'Takes running jobs from their workers and queues them again without spending an attempt; those that were to be cancelled end so instead. Gives the number of the former. The caller holds the rows.';
