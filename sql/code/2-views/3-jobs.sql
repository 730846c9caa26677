-- object: view s3cache.jobs
create or replace view s3cache.jobs with (security_barrier) as
-- The condition stands outside of the UNION: PostgreSQL 15 lets the caller's own conditions into a barrier view that is a
-- UNION itself, and a function in them would be shown every row.
select u.id, u.kind, u.cache, u.state, u.done, u.total, u.attempt, u.queued_at, u.started_at, u.finished_at,
    -- All fields, also those that are null: programs rely on them.
    case
        when pg_catalog.jsonb_typeof(u.result -> 'error') = 'object' then u.result || pg_catalog.jsonb_build_object(
            'error', '{"code": null, "operation": null, "bucket": null, "key": null, "request_id": null, "retryable": null}'::jsonb
                || (u.result -> 'error'))
        else u.result
    end as result,
    u.error, u.owner, u.superseded_by
from (
    select j.id, j.kind, s3cache.cache_name(j.cache_id) as cache, j.state, p.done, p.total, j.attempt, j.queued_at,
        j.started_at, null::timestamptz as finished_at,
        nullif(
            case when j.error_detail is null then '{}' else pg_catalog.jsonb_build_object('error', j.error_detail) end
                || case when c.kept_at is null then '{}'
                    else pg_catalog.jsonb_build_object('filename', c.filename,
                        'url', case when not exists (select from s3cache.private_file f where f.job_id = j.id) then c.url end,
                        'location', 'local') end,
            '{}') as result,
        j.error, j.owner, null::bigint as superseded_by
    from s3cache.job j
    left join s3cache.job_progress p on p.job_id = j.id
    left join s3cache.local_copy c on c.job_id = j.id
    union all
    select h.id, h.kind, h.cache, h.state, h.done, h.total, h.attempt, h.queued_at, h.started_at, h.finished_at, h.result,
        h.error, h.owner, h.superseded_by
    from s3cache.job_history h
) u
where u.owner = (select s3cache.caller()) or (select s3cache.is_admin(current_user))
    or exists (select from s3cache.job_history m where m.superseded_by = u.id and m.owner = (select s3cache.caller()));
comment on view s3cache.jobs is
    'Your jobs, live and ended, and those that yours were merged into; members of s3cache_admin see all.';
comment on column s3cache.jobs.id is 'What the function that enqueued it returned.';
comment on column s3cache.jobs.kind is 'What is to be done: rebuild, verify, upload, delete_object, read.';
comment on column s3cache.jobs.cache is 'The cache''s name.';
comment on column s3cache.jobs.state is 'queued, waiting (for a retry), running; then done, failed, cancelled or superseded.';
comment on column s3cache.jobs.done is 'Items done so far, about a second old.';
comment on column s3cache.jobs.total is 'The expected number of items, where it is known.';
comment on column s3cache.jobs.attempt is 'How often it was started.';
comment on column s3cache.jobs.queued_at is 'When it was enqueued.';
comment on column s3cache.jobs.started_at is 'When its last attempt began.';
comment on column s3cache.jobs.finished_at is 'When it ended; NULL before.';
comment on column s3cache.jobs.result is 'What it found or made; of a failed one {"error": {"code", "operation", "bucket", "key", "request_id", "retryable"}}; of an upload that is served from a copy, until S3 takes it, also filename, url and location.';
comment on column s3cache.jobs.error is 'Why it failed, or why its last attempt did, in one sentence.';
comment on column s3cache.jobs.owner is 'The role that asked for it.';
comment on column s3cache.jobs.superseded_by is 'The job that did this one''s work.';
