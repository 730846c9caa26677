-- object: function s3cache.require_own_job(bigint)
create or replace function s3cache.require_own_job(job_id bigint) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    if not exists (
        select from s3cache.job j
        where j.id = job_id and (j.owner = s3cache.caller() or s3cache.is_admin(s3cache.caller()))
    ) and not exists (
        select from s3cache.job_history h
        where h.id = job_id and (h.owner = s3cache.caller() or s3cache.is_admin(s3cache.caller()))
    ) then
        raise exception using
            errcode = 'no_data_found',
            message = format('There is no job %s, or it is not yours.', coalesce(job_id::text, 'NULL')),
            hint = 'TABLE s3cache.jobs lists your jobs.';
    end if;
end
$$;
comment on function s3cache.require_own_job(bigint) is
    'Raises no_data_found for a job that is neither the caller''s nor an administrator''s to change.';
