-- object: function s3cache.archive_job(bigint, bigint)
create or replace function s3cache.archive_job(job_id bigint, token bigint)
returns table (args jsonb, queued_at timestamptz, state jsonb)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform s3cache.hold_claim(job_id, token);
    delete from s3cache.archive_state a where not exists (select from s3cache.job j where j.id = a.job_id);
    return query
        select j.args, j.queued_at, a.state
        from s3cache.job j
        left join s3cache.archive_state a on a.job_id = j.id
        where j.id = archive_job.job_id;
end
$$;
comment on function s3cache.archive_job(bigint, bigint) is
    'What a job on the rows of a bound table is to do, and how far it is: state is NULL where it has not begun. Raises S3C01 if the claim is void.';
