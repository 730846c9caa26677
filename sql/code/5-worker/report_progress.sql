-- object: function s3cache.report_progress(bigint, bigint, bigint, bigint)
create or replace function s3cache.report_progress(job_id bigint, token bigint, done bigint, total bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    goes_on boolean;
begin
    perform set_config('synchronous_commit', 'off', true);
    perform s3cache.hold_claim(job_id, token);
    -- A rebuild goes on where its last attempt stopped, but for what that had listed and not kept.
    select j.kind in ('rebuild', 'rebuild_part') into goes_on from s3cache.job j where j.id = report_progress.job_id;
    insert into s3cache.job_progress as p (job_id, done, total)
    values (report_progress.job_id, report_progress.done, report_progress.total)
    on conflict on constraint job_progress_pkey do update
    set done = case when goes_on then greatest(p.done, excluded.done) else excluded.done end,
        total = case
            when not goes_on then excluded.total
            when coalesce(excluded.total, p.total) is not null then greatest(coalesce(excluded.total, p.total), p.done, excluded.done)
        end,
        updated_at = clock_timestamp();
end
$$;
comment on function s3cache.report_progress(bigint, bigint, bigint, bigint) is
    'How far a running job is; to be called about once a second. total may be NULL. What a rebuild has done never falls, whatever its next attempt says, and its total, once there is one, is never less. Raises S3C01 if the claim is void.';
