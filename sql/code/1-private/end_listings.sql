-- object: function s3cache.end_listings(bigint[])
create or replace function s3cache.end_listings(ids bigint[]) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each rebuild is looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    helpers bigint[];
begin
    -- The parts first: whoever holds one may be about to write to the listing.
    with gone as (
        delete from s3cache.rebuild_part p where p.job_id = any (ids) returning p.job_id, p.holder
    )
    select coalesce(array_agg(g.holder) filter (where g.holder <> g.job_id), '{}') into helpers from gone g;
    delete from s3cache.rebuild_listing l where l.job_id = any (ids);
    delete from s3cache.rebuild_range r where r.job_id = any (ids);
    return helpers;
end
$$;
comment on function s3cache.end_listings(bigint[]) is
    'Makes all that these rebuilds have found and not applied void, and leaves it to s3cache.prune_listings(), or to the rebuild where that begins anew: it may be millions of rows. Gives the jobs that helped to list, which end by themselves where they run.';
