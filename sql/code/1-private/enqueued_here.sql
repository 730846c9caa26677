-- object: function s3cache.enqueued_here(bigint)
create or replace function s3cache.enqueued_here(job_id bigint) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from s3cache.job j where j.id = job_id and j.enqueued_xid = pg_current_xact_id_if_assigned())
$$;
comment on function s3cache.enqueued_here(bigint) is 'Whether a job was enqueued in the present transaction.';
