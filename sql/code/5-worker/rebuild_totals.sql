-- object: function s3cache.rebuild_totals(bigint, bigint)
create or replace function s3cache.rebuild_totals(job_id bigint, token bigint)
returns table (counts bigint[], workers integer)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
begin
    perform s3cache.require_whole_listing(held.job_id);
    return query
        select array[
                sum(p.listed), sum(p.added), sum(p.updated), sum(p.removed), sum(p.unchanged), sum(p.pages),
                sum(p.wasted_pages), sum(p.ranges), sum(p.retries), sum(p.unlistable), sum(p.present_rows),
                sum(p.present_removed)]::bigint[],
            count(*) filter (where p.pages > 0)::integer
        from s3cache.rebuild_part p
        where p.job_id = held.job_id;
end
$$;
comment on function s3cache.rebuild_totals(bigint, bigint) is
    'What a rebuild has found, when everything has been listed: the counters of s3cache.rebuild_part, listed to present_removed in their order, and how many workers listed. Raises S3C01 if the claim is void, S3C02 unless everything has been listed.';
