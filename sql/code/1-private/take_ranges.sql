-- object: function s3cache.take_ranges(bigint, integer, text[], text[])
create or replace function s3cache.take_ranges(rebuild_id bigint, taken_from integer, afters text[], uptos text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the ranges of one part are looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run.
set plan_cache_mode = force_generic_plan
as $$
declare
    taken record;
    begin_after text;
    place tid;
    whole s3cache.rebuild_range;
begin
    for taken in
        -- What has no key in it may be anybody's.
        select t.after, t.upto from unnest(afters, uptos) as t (after, upto) where t.after is null or t.after is distinct from t.upto
    loop
        begin_after := taken.after;
        -- It may reach over several ranges that are neighbours: what was given away, and is adopted, comes back in pieces.
        loop
            -- Ranges are disjoint, so it is the last one that begins at or before this.
            select r.ctid into place
            from s3cache.rebuild_range r
            where r.job_id = rebuild_id and r.part = taken_from and r.after <= begin_after
            order by r.after desc
            limit 1;
            if not found then
                select r.ctid into place
                from s3cache.rebuild_range r
                where r.job_id = rebuild_id and r.part = taken_from and r.after is null;
            end if;
            delete from s3cache.rebuild_range r
            where r.ctid = place and (r.upto is null or begin_after is null or r.upto > begin_after)
            returning r.* into whole;
            if not found then
                raise exception using
                    errcode = 'S3C02',
                    message = format('What rebuild %s had found was lost in a crash of the server; it begins anew.', rebuild_id);
            end if;
            if whole.after is distinct from begin_after then
                insert into s3cache.rebuild_range (job_id, part, after, upto)
                values (rebuild_id, taken_from, whole.after, begin_after);
            end if;
            if whole.upto is null or taken.upto <= whole.upto then
                if taken.upto is distinct from whole.upto then
                    insert into s3cache.rebuild_range (job_id, part, after, upto)
                    values (rebuild_id, taken_from, taken.upto, whole.upto);
                end if;
                exit;
            end if;
            begin_after := whole.upto;
        end loop;
    end loop;
end
$$;
comment on function s3cache.take_ranges(bigint, integer, text[], text[]) is
    'Takes ranges out of what is left to list of a part. The arrays belong together by position; NULL is the first or the last filename. The caller holds the part. Raises S3C02 if a range is not the part''s.';
