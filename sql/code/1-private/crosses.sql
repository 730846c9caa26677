-- object: function s3cache.crosses(bigint, text, text)
create or replace function s3cache.crosses(job_id bigint, first_key text, second_key text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each key is looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run, and knowing the values makes none better.
set plan_cache_mode = force_generic_plan
as $$
begin
    return exists (
            select from s3cache.job e
            where e.second_key = first_key and e.id <> job_id and (e.id < job_id or e.state = 'running'))
        or (crosses.second_key is not null and (
            exists (
                select from s3cache.job e
                where e.serial_key = crosses.second_key and e.id <> job_id and (e.id < job_id or e.state = 'running'))
            or exists (
                select from s3cache.job e
                where e.second_key = crosses.second_key and e.id <> job_id and (e.id < job_id or e.state = 'running'))
            or exists (select from s3cache.late_write l where l.serial_key = crosses.second_key)));
end
$$;
comment on function s3cache.crosses(bigint, text, text) is
    'Whether a job on two objects stands before another one on either of them: an earlier one, or one that runs. Their ids are their order, so no two wait for each other.';
