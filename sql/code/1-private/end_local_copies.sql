-- object: function s3cache.end_local_copies(bigint[])
create or replace function s3cache.end_local_copies(ids bigint[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
    copy record;
begin
    for copy in
        update s3cache.local_copy c
        set ended_at = clock_timestamp()
        where c.job_id = any (ids) and c.ended_at is null
        returning c.cache_id, c.filename, c.had_row
    loop
        perform s3cache.settle_local_row(copy.cache_id, copy.filename, copy.had_row);
    end loop;
end
$$;
comment on function s3cache.end_local_copies(bigint[]) is
    'Uploads have ended: copies that workers kept for them serve nobody any more, and rows that still say so are settled.';
