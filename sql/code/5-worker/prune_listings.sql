-- object: function s3cache.prune_listings(integer)
create or replace function s3cache.prune_listings(max_rows integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty: one step along an index for each rebuild.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    staged text;
    rebuild_id bigint;
    gone integer;
    pruned integer := 0;
begin
    -- Jobs go with s3cache.end_jobs(), but for those that somebody has deleted.
    perform s3cache.end_listings(array(
        select l.job_id from s3cache.rebuild_listing l where not exists (select from s3cache.job j where j.id = l.job_id)));
    foreach staged in array array['inventory_row', 'rebuild_listed', 'rebuild_change', 'rebuild_slice', 'rebuild_range', 'rebuild_part'] loop
        rebuild_id := 0;
        loop
            execute format('select min(s.job_id) from s3cache.%I s where s.job_id > $1', staged) into rebuild_id using rebuild_id;
            exit when rebuild_id is null;
            -- In one snapshot with the rows: what a rebuild stages is staged after its listing has begun, anew or not.
            execute format(
                'delete from s3cache.%1$I s
                where s.ctid = any (array(
                    select l.ctid
                    from s3cache.%1$I l
                    where l.job_id = $1 and not exists (select from s3cache.rebuild_listing b where b.job_id = $1)
                    limit $2
                    for update of l skip locked))', staged)
            using rebuild_id, max_rows - pruned;
            get diagnostics gone = row_count;
            pruned := pruned + gone;
            if pruned >= max_rows then
                return pruned;
            end if;
        end loop;
    end loop;
    return pruned;
end
$$;
comment on function s3cache.prune_listings(integer) is
    'Deletes what rebuilds that have ended, or were told to begin anew, had found or collected and not applied, at most max_rows rows at once; gives their number. To be called about once a minute. Waits for nobody.';
