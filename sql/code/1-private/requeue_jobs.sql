-- object: function s3cache.requeue_jobs(bigint[])
create or replace function s3cache.requeue_jobs(ids bigint[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty: each job is looked up.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    unwanted bigint[] := array(select j.id from s3cache.job j where j.id = any (ids) and j.cancel_requested);
    requeued integer;
begin
    if cardinality(unwanted) > 0 then
        perform s3cache.end_jobs(unwanted, 'cancelled');
    end if;
    update s3cache.job j
    set state = case
            when (select l.until from s3cache.late_write l where l.serial_key = j.serial_key) is null then 'queued'
            else 'waiting'
        end,
        run_at = coalesce((select l.until from s3cache.late_write l where l.serial_key = j.serial_key), j.run_at),
        attempt = greatest(j.attempt - 1, 0), rescues = j.rescues + 1, worker_id = null, claim_token = null,
        args = s3cache.args_of_next_attempt(j)
    where j.id = any (ids);
    get diagnostics requeued = row_count;
    return requeued;
end
$$;
comment on function s3cache.requeue_jobs(bigint[]) is
    'Takes running jobs from their workers and queues them again without spending an attempt, those that wrote to the bucket for when nothing of that can arrive any more; those that were to be cancelled end so instead. Gives the number of the former. The caller holds the rows, and has called s3cache.expect_late_writes() unless late writes do no harm.';
