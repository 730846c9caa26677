-- object: function s3cache.forget_copy(bigint, text)
create or replace function s3cache.forget_copy(job_id bigint, place text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    delete from s3cache.local_copy c
    where c.job_id = forget_copy.job_id and c.place = forget_copy.place and c.ended_at is not null;
end
$$;
comment on function s3cache.forget_copy(bigint, text) is
    'A copy of an upload that has ended is deleted.';
