-- object: function s3cache.settle_privacy(s3cache.job)
create or replace function s3cache.settle_privacy(settled s3cache.job) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the table was empty, and without another for each job.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    written_name text := settled.args ->> coalesce(case when settled.kind = 'rename_object' then 'new_filename' end, 'filename');
begin
    delete from s3cache.private_file p
    where p.cache_id = settled.cache_id and p.filename = written_name and p.job_id < settled.id;
    if settled.kind = 'rename_object' then
        update s3cache.private_file p
        set filename = written_name
        where p.cache_id = settled.cache_id and p.filename = settled.args ->> 'filename' and p.job_id < settled.id;
        -- Its own row stands for what was private when it was asked for, and may have become another since.
        delete from s3cache.private_file p where p.job_id = settled.id;
    end if;
end
$$;
comment on function s3cache.settle_privacy(s3cache.job) is
    'An upload, a deletion or a renaming has taken the place of what was under the name before: whether that was private does not count any more. What is renamed stays as private as it was.';
