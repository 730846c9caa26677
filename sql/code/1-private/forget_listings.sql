-- object: function s3cache.forget_listings(bigint[])
create or replace function s3cache.forget_listings(ids bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each rebuild is looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    helpers constant bigint[] := s3cache.end_listings(ids);
begin
    delete from s3cache.rebuild_change c where c.job_id = any (ids);
    delete from s3cache.rebuild_slice s where s.job_id = any (ids);
    delete from s3cache.inventory_row r where r.job_id = any (ids);
    delete from s3cache.rebuild_listed l where l.job_id = any (ids);
    return helpers;
end
$$;
comment on function s3cache.forget_listings(bigint[]) is
    'Forgets all that these rebuilds have found and not applied, before they begin anew; gives the jobs that helped to list, which end by themselves where they run.';
