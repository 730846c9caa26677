-- object: function s3cache.claim_jobs(bigint, integer, boolean, bigint[], integer)
create or replace function s3cache.claim_jobs(
    worker bigint, max_jobs integer, park boolean, running bigint[] default null, max_long integer default null)
returns table (id bigint, token bigint, kind text, cache text, args jsonb, attempt integer, max_attempts integer)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: a claim costs as much as the jobs that it gives, not as those that there are.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
#variable_conflict use_column
declare
    claimed bigint[];
    lost record;
    moment constant timestamptz := clock_timestamp();  -- a volatile function is no condition of an index
begin
    perform set_config('synchronous_commit', 'off', true);
    if not exists (
        select from s3cache.worker w where w.id = worker and w.heartbeat_at + w.lease > clock_timestamp()
    ) then
        raise exception using
            errcode = 'no_data_found',
            message = format('Worker %s may not claim: it is not registered, or was away for longer than its lease.', worker);
    end if;
    -- One claim at a time: whoever holds this lock sees every committed claim, so that neither merging nor one job
    -- per serial key needs a retry. The lock lasts as long as this call.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));

    if s3cache.at_home() then
        perform s3cache.rescue_jobs();
        -- What this worker holds and does not run: the answer to a claim, or the report of an end, never arrived.
        for lost in
            select j.id, j.claim_token
            from s3cache.job j
            where j.worker_id = worker and j.state = 'running' and j.id <> all (running)
            for update skip locked
        loop
            perform s3cache.fail_job(lost.id, lost.claim_token,
                'The worker''s connection to the database broke, so what became of this attempt is not known.',
                '{"code": "connection_lost", "retryable": true}');
        end loop;
        update s3cache.job j set state = 'queued'
        where j.id = any (array(
            select w.id from s3cache.job w
            where w.state = 'waiting' and w.run_at <= moment
            for update skip locked));
        -- Whoever asks again for what waits for a retry wants it now; asking once makes for one attempt.
        update s3cache.job j set state = 'queued', run_at = clock_timestamp()
        where j.id = any (array(
            select w.id from s3cache.job w
            where w.state = 'waiting' and w.attempt > 0 and w.merge_key is not null
                and coalesce(
                    (select true from s3cache.job q
                        where q.merge_key = w.merge_key and q.state = 'queued' and q.queued_at > w.started_at limit 1),
                    false)
            order by w.merge_key  -- by job_retrying_idx, whose order this is
            for update skip locked));
        perform s3cache.enqueue_verifications();
        perform s3cache.enqueue_scheduled();

        perform s3cache.release_next_jobs();
        claimed := s3cache.next_jobs(max_jobs, coalesce(max_long, max_jobs));
        update s3cache.job j
        set state = 'running', attempt = j.attempt + 1, worker_id = worker,
            claim_token = nextval('s3cache.claim_token_seq'), started_at = clock_timestamp(),
            cancel_requested = false, error = null, error_detail = null
        where j.id = any (claimed);
        perform s3cache.merge_duplicates(claimed);
    end if;

    update s3cache.worker w
    set parked = park and coalesce(cardinality(claimed), 0) < max_jobs
    where w.id = worker and w.parked is distinct from (park and coalesce(cardinality(claimed), 0) < max_jobs);

    return query
        select j.id, j.claim_token, j.kind, s3cache.cache_name(j.cache_id), j.args, j.attempt, j.max_attempts
        from s3cache.job j
        where j.id = any (claimed)
        order by j.priority, j.run_at, j.id;
end
$$;
comment on function s3cache.claim_jobs(bigint, integer, boolean, bigint[], integer) is
    'Gives a worker at most max_jobs jobs to run, each with the fencing token that every later write for it must show. Also rescues, promotes jobs whose waiting is over, and merges duplicates. park: if nothing is found, the worker counts as parked, and enqueueing notifies it. running: the jobs that the worker runs; others that it holds were lost with a connection and count as failed attempts (NULL: not known). max_long: at most so many of them are long ones, which are those with a priority of 10 or more. Nothing is given while this database is a restored copy that nobody resumed.';
