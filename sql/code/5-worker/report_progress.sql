-- object: function s3cache.report_progress(bigint, bigint, bigint, bigint)
create or replace function s3cache.report_progress(job_id bigint, token bigint, done bigint, total bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    perform s3cache.hold_claim(job_id, token);
    insert into s3cache.job_progress as p (job_id, done, total)
    values (report_progress.job_id, report_progress.done, report_progress.total)
    on conflict on constraint job_progress_pkey do update
    set done = excluded.done, total = excluded.total, updated_at = clock_timestamp();
end
$$;
comment on function s3cache.report_progress(bigint, bigint, bigint, bigint) is
    'How far a running job is; to be called about once a second. total may be NULL. Raises S3C01 if the claim is void.';
