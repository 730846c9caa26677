-- object: function s3cache.merge_flood(bigint[])
create or replace function s3cache.merge_flood(looked_at bigint[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each job is looked up.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    flood record;
    merged integer := 0;
begin
    for flood in
        select d.survivor, array_agg(d.id) as ids
        from (
            select j.id, (
                select e.id
                from s3cache.job e
                where e.merge_key = j.merge_key and e.state = 'queued' and e.owner = j.owner and e.attempt = 0 and e.rescues = 0
                order by e.id
                limit 1) as survivor
            from s3cache.job j
            where j.id = any (looked_at) and j.state = 'queued' and j.merge_key is not null and j.attempt = 0 and j.rescues = 0
                -- Those on an object are marked instead; what stands between them counts.
                and not coalesce(j.serial_key ^@ 'object:', false)
        ) d
        where d.survivor < d.id
        group by d.survivor
    loop
        perform from s3cache.job j where j.id = flood.survivor for update skip locked;
        continue when not found;  -- someone is cancelling it
        perform s3cache.end_jobs(flood.ids, 'superseded', null, null, flood.survivor);
        merged := merged + cardinality(flood.ids);
    end loop;
    return merged;
end
$$;
comment on function s3cache.merge_flood(bigint[]) is
    'Ends queued jobs as superseded by their owner''s first duplicate, though that has not been claimed yet, and gives their number: where somebody asks for the same again and again, not every claim is to look through all of it. The caller holds the rows.';
