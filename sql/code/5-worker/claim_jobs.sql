-- object: function s3cache.claim_jobs(bigint, integer, boolean, bigint[], integer)
create or replace function s3cache.claim_jobs(
    worker bigint, max_jobs integer, park boolean, running bigint[] default null, max_long integer default null)
returns table (id bigint, token bigint, kind text, cache text, args jsonb, attempt integer, max_attempts integer)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: a claim costs as much as the jobs that it gives, not as those that there are.
set enable_seqscan = off
set enable_sort = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run, and knowing the values makes none better.
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    claimed bigint[];
    lost record;
    claimer text;
    settled boolean := false;
    moment timestamptz;
    looked_at numeric;
begin
    -- With an older snapshot neither this call nor the writes of a job would see what was committed while they waited for a lock.
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'The transactions of role %I are %s, so this worker gets no jobs: ALTER ROLE %1$I SET default_transaction_isolation = ''read committed'', and restart it.',
                session_user, upper(current_setting('transaction_isolation')));
    end if;
    perform set_config('synchronous_commit', 'off', true);
    select w.version into claimer from s3cache.worker w where w.id = worker and w.heartbeat_at + w.lease > clock_timestamp();
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('Worker %s may not claim: it is not registered, or was away for longer than its lease.', worker);
    end if;
    -- One claim at a time: whoever holds this lock sees every committed claim, so that neither merging nor one job
    -- per serial key needs a retry. The lock lasts as long as this call.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));
    moment := clock_timestamp();  -- a volatile function is no condition of an index

    if s3cache.may_run() then
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
            settled := true;
        end loop;
    end if;
    if not s3cache.same_release(claimer) then
        if settled then
            return;  -- which the error would undo; the next claim tells it
        end if;
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('This worker is version %s, and the database has been upgraded to %s, so it gets no jobs: restart it with the new program.',
                claimer, s3cache.version());
    end if;

    if s3cache.may_run() then
        perform s3cache.rescue_jobs();
        if exists (select from s3cache.job j where j.state = 'waiting') then
            update s3cache.job j set state = 'queued'
            where j.id = any (array(
                select w.id from s3cache.job w
                where w.state = 'waiting' and w.run_at <= moment
                order by w.run_at
                limit 1000  -- the others at the next claim
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
        end if;

        perform s3cache.release_next_jobs();
        claimed := s3cache.next_jobs(max_jobs, coalesce(max_long, max_jobs), worker);
        -- What is last in the queue anyway is not looked for where others fill it; but now and then, so that it grows old there.
        looked_at := substring(current_setting('s3cache.looked_at', true) from '^[0-9]+[.][0-9]+$')::numeric;
        if cardinality(claimed) < max_jobs or looked_at is null or looked_at not between extract(epoch from moment) - 1 and extract(epoch from moment) then
            perform set_config('s3cache.looked_at', extract(epoch from moment)::text, false);
            if s3cache.enqueue_verifications() + s3cache.enqueue_scheduled() > 0 then
                claimed := s3cache.next_jobs(max_jobs, coalesce(max_long, max_jobs), worker);
            end if;
        end if;
        claimed := s3cache.merge_repeated(claimed);
        if cardinality(claimed) > 0 then
            return query
                with started as (
                    update s3cache.job j
                    set state = 'running', attempt = j.attempt + 1, worker_id = worker,
                        claim_token = nextval('s3cache.claim_token_seq'), started_at = clock_timestamp(),
                        cancel_requested = false, error = null, error_detail = null
                    where j.id = any (claimed)
                    returning j.id, j.claim_token, j.kind, j.cache_id, j.args, j.attempt, j.max_attempts, j.priority, j.run_at
                ), named as materialized (
                    select d.cache_id, s3cache.cache_name(d.cache_id) as name
                    from (select distinct s.cache_id from started s) d
                )
                select s.id, s.claim_token, s.kind, n.name, s.args, s.attempt, s.max_attempts
                from started s
                join named n on n.cache_id = s.cache_id
                order by s.priority, s.run_at, s.id;
            perform s3cache.merge_duplicates(claimed);
        end if;
    end if;

    update s3cache.worker w
    set parked = park and coalesce(cardinality(claimed), 0) < max_jobs
    where w.id = worker and w.parked is distinct from (park and coalesce(cardinality(claimed), 0) < max_jobs);
end
$$;
comment on function s3cache.claim_jobs(bigint, integer, boolean, bigint[], integer) is
    'Gives a worker at most max_jobs jobs to run, each with the fencing token that every later write for it must show. Also rescues, promotes jobs whose waiting is over, and merges duplicates; and enqueues what rows in doubt and schedules ask for, where fewer than max_jobs are queued, and once a second. park: if nothing is found, the worker counts as parked, and enqueueing notifies it. running: the jobs that the worker runs; others that it holds were lost with a connection and count as failed attempts (NULL: not known). max_long: at most so many of them are long ones, which are those with a priority of 10 or more. Nothing is given while this database is a restored copy that nobody resumed. Raises no_data_found as s3cache.heartbeat() does, and object_not_in_prerequisite_state for a worker of another version than the database''s, or whose transactions are not READ COMMITTED.';
