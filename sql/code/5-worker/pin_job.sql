-- object: function s3cache.pin_job(bigint, bigint)
create or replace function s3cache.pin_job(job_id bigint, worker bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- What is bound to be done with other files and other credentials is no other's work.
    update s3cache.job j
    set pinned_to = worker, merge_key = case when j.kind not in ('archive', 'verify_binding') then j.merge_key end
    where j.id = job_id and j.state = 'queued' and j.attempt = 0 and j.owner = s3cache.caller()
        and exists (select from s3cache.worker w where w.id = worker and w.heartbeat_at + w.lease > clock_timestamp());
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Cannot pin job %s to worker %s: it is not a new job of yours, or the worker is gone.', job_id, worker),
            hint = 'Pin a job in the transaction that enqueues it.';
    end if;
    return job_id;
end
$$;
comment on function s3cache.pin_job(bigint, bigint) is
    'Leaves a job that the caller has just enqueued to one worker, and gives its id; it is cancelled where that worker goes without having run it. Raises object_not_in_prerequisite_state for a job that is not new or not the caller''s, and for a worker that is gone.';
