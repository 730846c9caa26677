-- object: function s3cache.forget_unfinished_slice(bigint, integer)
create or replace function s3cache.forget_unfinished_slice(rebuild_id bigint, listed_part integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: only what is behind the last slice is read.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    delete from s3cache.rebuild_change c
    where c.job_id = rebuild_id and c.part = listed_part
        and c.slice > coalesce(
            (select max(s.slice) from s3cache.rebuild_slice s where s.job_id = rebuild_id and s.part = listed_part), -1);
end
$$;
comment on function s3cache.forget_unfinished_slice(bigint, integer) is
    'Forgets the changes that an attempt staged and did not finish: what they were found in is listed again.';
