-- object: function s3cache.record_pages(bigint, bigint, integer, pg_snapshot, text[], text[], bigint[], double precision)
create or replace function s3cache.record_pages(
    job_id bigint, token bigint, slice integer, fence pg_snapshot, afters text[], uptos text[], counts bigint[],
    seconds double precision)
returns table (wanted boolean, listed bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the rows of one rebuild are looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
#variable_conflict use_column
declare
    held s3cache.rebuild_part := s3cache.hold_part(record_pages.job_id, token);
begin
    perform s3cache.take_ranges(held.job_id, held.part, afters, uptos);
    insert into s3cache.rebuild_slice (job_id, part, slice, fence)
    values (held.job_id, held.part, record_pages.slice, record_pages.fence);
    update s3cache.rebuild_part p
    set listed = p.listed + counts[1], added = p.added + counts[2], updated = p.updated + counts[3],
        removed = p.removed + counts[4], unchanged = p.unchanged + counts[5], pages = p.pages + counts[6],
        wasted_pages = p.wasted_pages + counts[7], ranges = p.ranges + counts[8], retries = p.retries + counts[9],
        unlistable = p.unlistable + counts[10], present_rows = p.present_rows + counts[11],
        present_removed = p.present_removed + counts[12], seconds = record_pages.seconds
    where p.job_id = held.job_id and p.part = held.part;
    return query
        select coalesce(bool_or(p.wanting), false), sum(p.listed)::bigint
        from s3cache.rebuild_part p
        where p.job_id = held.job_id;
end
$$;
comment on function s3cache.record_pages(bigint, bigint, integer, pg_snapshot, text[], text[], bigint[], double precision) is
    'The checkpoint of a listing: these ranges have been listed and compared. Called in the transaction that also stages or copies what was found in them. counts: what is added to the counters of s3cache.rebuild_part, listed to present_removed in their order. Gives whether somebody has nothing left to list and wants some of this, and how many objects all parts have listed. Raises as s3cache.listing_plan() does.';
