-- object: function s3cache.prune_listings(integer, text)
create or replace function s3cache.prune_listings(max_rows integer, after text default null, out pruned integer, out place text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty: one step along an index for each rebuild.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
-- What is set below ends with the call.
set enable_indexscan = on
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    -- The table, the rebuild, and what its rows are in the order of.
    from_table constant text := after::jsonb ->> 0;
    from_rebuild constant bigint := (after::jsonb ->> 1)::bigint;
    last_row text[] := array(select e.value from jsonb_array_elements_text(after::jsonb -> 2) with ordinality as e (value, n) order by e.n);
    staged record;
    has_begun boolean := after is null;
    rebuild_id bigint;
    gone integer;
begin
    pruned := 0;
    -- Jobs go with s3cache.end_jobs(), but for those that somebody has deleted.
    perform s3cache.end_listings(array(
        select l.job_id from s3cache.rebuild_listing l where not exists (select from s3cache.job j where j.id = l.job_id)));
    for staged in
        select t.name, t.ordering, t.behind, t.last
        from (values
            -- By where they lie, as an index of equal keys is too.
            (1, 'inventory_row', '', 'l.ctid > $3[1]::tid', 'array[max(g.ctid)::text]'),
            (2, 'rebuild_listed', 'order by l.filename', 'l.filename > $3[1]', 'array[max(g.filename)]'),
            (3, 'rebuild_change', 'order by l.part, l.slice', '(l.part, l.slice) >= ($3[1]::integer, $3[2]::integer)', 'max(array[g.part, g.slice])::text[]'),
            (4, 'rebuild_slice', 'order by l.part, l.slice', '(l.part, l.slice) >= ($3[1]::integer, $3[2]::integer)', 'max(array[g.part, g.slice])::text[]'),
            (5, 'rebuild_range', 'order by l.part', 'l.part >= $3[1]::integer', 'array[max(g.part)::text]'),
            (6, 'rebuild_part', 'order by l.part', 'l.part >= $3[1]::integer', 'array[max(g.part)::text]')) as t (number, name, ordering, behind, last)
        order by t.number
    loop
        continue when not has_begun and staged.name <> from_table;
        rebuild_id := case when not has_begun then from_rebuild end;
        if has_begun then
            last_row := '{}';
        end if;
        has_begun := true;
        loop
            if rebuild_id is null or last_row = '{}' then
                execute format('select min(s.job_id) from s3cache.%I s where s.job_id > $1', staged.name)
                into rebuild_id using coalesce(rebuild_id, 0);
                exit when rebuild_id is null;
            end if;
            perform set_config('enable_indexscan', case when staged.ordering = '' and last_row <> '{}' then 'off' else 'on' end, true);
            -- In one snapshot with the rows: what a rebuild stages is staged after its listing has begun, anew or not.
            execute format(
                'with gone as (
                    delete from s3cache.%1$I s
                    where s.ctid = any (array(
                        select l.ctid
                        from s3cache.%1$I l
                        where l.job_id = $1 and %3$s and not exists (select from s3cache.rebuild_listing b where b.job_id = $1)
                        %2$s
                        limit $2
                        for update of l skip locked))
                    returning s.*, s.ctid
                )
                select count(*), %4$s from gone g',
                staged.name, staged.ordering, case when last_row = '{}' then 'true' else staged.behind end, staged.last)
            into gone, last_row using rebuild_id, max_rows - pruned, last_row;
            pruned := pruned + gone;
            if pruned >= max_rows then
                if gone > 0 then
                    place := json_build_array(staged.name, rebuild_id, last_row)::text;
                end if;
                return;
            end if;
            last_row := '{}';
        end loop;
    end loop;
end
$$;
comment on function s3cache.prune_listings(integer, text) is
    'Deletes what rebuilds that have ended, or were told to begin anew, had found or collected and not applied, at most max_rows rows at once; gives their number and, where there may be more, the place to go on after, as s3cache.prune_history() does. To be called about once a minute. Waits for nobody.';
