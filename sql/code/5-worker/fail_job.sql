-- object: function s3cache.fail_job(bigint, bigint, text, jsonb)
create or replace function s3cache.fail_job(job_id bigint, token bigint, error text, detail jsonb) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    failed s3cache.job;
    fallback jsonb;
begin
    select j.* into failed
    from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running'
    for update;
    if not found then
        return null;
    end if;
    if failed.cancel_requested then
        perform s3cache.end_jobs(array[job_id], 'cancelled');
        return 'cancelled';
    end if;
    if detail ->> 'code' = 'held_back' then
        -- This request was not made, but others may have been before it: like what was rescued, the job merges no later duplicates.
        -- All who wait for the bucket come back at different times.
        update s3cache.job j
        set state = 'waiting', worker_id = null, claim_token = null, error = fail_job.error, error_detail = detail,
            args = s3cache.args_of_next_attempt(j), attempt = j.attempt - 1, rescues = j.rescues + 1, run_at = clock_timestamp() + (1 + 9 * random()) * interval '1 second'
        where j.id = job_id;
        return 'waiting';
    end if;
    if detail ->> 'code' = 'memory_short' then
        -- Nothing was done yet.
        update s3cache.job j
        set state = 'waiting', worker_id = null, claim_token = null, error = fail_job.error, error_detail = detail,
            attempt = j.attempt - 1, run_at = clock_timestamp() + (1 + 9 * random()) * interval '1 second'
        where j.id = job_id;
        return 'waiting';
    end if;
    -- The next source of a logo, before this one is asked again: what its answer may be there is, and may be quicker.
    if failed.kind = 'fetch' and failed.args ? 'sources' and s3cache.blames_url(detail)
        and (failed.args ->> 'source')::integer + 1 < jsonb_array_length(failed.args -> 'sources')
    then
        if not (detail ->> 'retryable')::boolean then
            perform s3cache.remember_fetch_failure(failed, detail);
        end if;
        update s3cache.job j
        set state = 'queued', run_at = clock_timestamp(), worker_id = null, claim_token = null, behind = false,
            error = fail_job.error, error_detail = detail, attempt = j.attempt - 1,
            args = j.args || jsonb_build_object(
                'source', (j.args ->> 'source')::integer + 1,
                'url', j.args -> 'sources' -> ((j.args ->> 'source')::integer + 1))
        where j.id = job_id;
        perform s3cache.wake_workers();
        return 'queued';
    end if;
    if (detail ->> 'retryable')::boolean
        and (failed.attempt < failed.max_attempts
            -- Chance may bring many attempts into a short absence of the store: that is not what an upload fails of.
            or (detail ->> 'code' = 'endpoint_unreachable'
                and (failed.args ->> 'first_begun')::timestamptz > clock_timestamp() - interval '2 minutes')
            -- What is served from a copy comes again for as long as its store is away.
            or (detail ->> 'code' in ('endpoint_unreachable', 'unavailable', 'credentials_unavailable')
                and exists (select from s3cache.local_copy c where c.job_id = fail_job.job_id and c.kept_at is not null)))
    then
        -- Backoff with full jitter: attempts that failed together do not come back together.
        update s3cache.job j
        set state = 'waiting', worker_id = null, claim_token = null, error = fail_job.error, error_detail = detail,
            args = s3cache.args_of_next_attempt(j), attempt = least(j.attempt, j.max_attempts - 1),
            run_at = clock_timestamp() + random() * least(interval '10 minutes', power(2, failed.attempt) * interval '1 second')
        where j.id = job_id;
        return 'waiting';
    end if;
    if failed.kind = 'fetch' then
        perform s3cache.remember_fetch_failure(failed, detail);
        fallback := s3cache.fallback_image(failed.cache_id);
    end if;
    perform s3cache.end_jobs(array[job_id], 'failed',
        array[jsonb_build_object('error', detail)
            || case when fallback is null then '{}' else jsonb_build_object('fallback', fallback) end],
        array[fail_job.error]);
    return 'failed';
end
$$;
comment on function s3cache.fail_job(bigint, bigint, text, jsonb) is
    'An attempt failed. detail holds code, operation, bucket, key, request_id and retryable; a retryable failure makes the job wait, up to 10 minutes, unless that was its last attempt; there is none for an upload that is served from a copy while its store is away, nor in the two minutes after its first attempt for one whose store cannot be reached. A fetch that has another source is queued again for that. With the codes held_back and memory_short the job was not begun: that counts as no attempt. That a fetch failed for good is remembered, and the result tells the cache''s default_image. Gives the new state; NULL if the token is void.';
