-- object: function s3cache.ranges_to_list(bigint, bigint)
create or replace function s3cache.ranges_to_list(job_id bigint, token bigint) returns table (after text, upto text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the ranges of one part are looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
begin
    return query
        select r.after, r.upto
        from s3cache.rebuild_range r
        where r.job_id = held.job_id and r.part = held.part
        order by r.after nulls first;
end
$$;
comment on function s3cache.ranges_to_list(bigint, bigint) is
    'What is left to list of the part that a job holds, in order: each range begins behind a filename (NULL: with the first) and ends with one (NULL: with the last). Raises as s3cache.listing_plan() does.';
