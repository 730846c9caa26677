-- object: function s3cache.args_of_next_attempt(s3cache.job)
create or replace function s3cache.args_of_next_attempt(tried s3cache.job) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when tried.kind in ('upload', 'upload_file', 'fetch', 'archive') then jsonb_build_object('first_begun', tried.started_at) || tried.args
        else tried.args
    end
$$;
comment on function s3cache.args_of_next_attempt(s3cache.job) is
    'The arguments of a job whose attempt ended without success: jobs that store bytes know from then on when their first attempt began, and that what they store may be there.';
