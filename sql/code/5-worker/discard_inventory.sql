-- object: function s3cache.discard_inventory(bigint, bigint, bigint, text)
create or replace function s3cache.discard_inventory(job_id bigint, token bigint, max_rows bigint, after text default null) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Knowing the values, it reads just a stretch of the primary key, whatever the statistics say.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set plan_cache_mode = force_custom_plan
as $$
declare
    first text;
    last text;
begin
    perform s3cache.hold_claim(job_id, token);
    perform s3cache.require_whole_listing(job_id);
    select min(n.filename), max(n.filename) into first, last
    from (
        select l.filename
        from s3cache.rebuild_listed l
        where l.job_id = discard_inventory.job_id and l.filename >= coalesce(discard_inventory.after, '')
        order by l.filename
        limit max_rows
    ) n;
    delete from s3cache.rebuild_listed l
    where l.job_id = discard_inventory.job_id and l.filename between first and last;
    return last;
end
$$;
comment on function s3cache.discard_inventory(bigint, bigint, bigint, text) is
    'Deletes the next rows of the inventory that a rebuild has staged, after the given filename (NULL: from the first on), when all of them have been compared; gives the last one''s filename, NULL when none is left. So the end of the job has little to delete. Raises S3C01 if the claim is void, S3C02 unless everything has been compared.';
