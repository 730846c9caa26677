-- object: function s3cache.distrust_listing(bigint, bigint)
create or replace function s3cache.distrust_listing(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
begin
    update s3cache.rebuild_listing l set distrusted = true where l.job_id = held.job_id and not l.serial;
end
$$;
comment on function s3cache.distrust_listing(bigint, bigint) is
    'A helper has seen that the bucket does not list from any key on as it should: what the rebuild has found so far does not count, and it lists the bucket anew, page after page, when the others have ended. Raises as s3cache.listing_plan() does.';
