-- object: function s3cache.next_jobs(integer, integer, bigint)
create or replace function s3cache.next_jobs(max_jobs integer, max_long integer, runner bigint) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: jobs are looked at in the order of job_queued_idx, as many as are needed, and what stands
-- before each is looked up. So one plan is as good as any other, and making one costs as much as a claim.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set plan_cache_mode = force_generic_plan
as $$
declare
    paused constant integer[] := array(select s.cache_id from s3cache.cache_setting s where s.paused);
    any_late constant boolean := exists (select from s3cache.late_write);
    pinned_only constant boolean := coalesce((select w.runs_pinned_only from s3cache.worker w where w.id = runner), false);
    any_on_two constant boolean := exists (select from s3cache.job j where j.second_key is not null);
    long_since constant timestamptz := clock_timestamp() - interval '1 minute';
    -- Long jobs come last, but short ones keep coming: the first long job goes before them once it has waited that long.
    long_first boolean := max_jobs > 0 and max_long > 0 and coalesce(long_since > (
        select j.run_at
        from s3cache.job j
        where j.state = 'queued' and not j.behind and j.cache_id <> all (paused) and j.priority >= 10
            and (j.pinned_to = runner or (j.pinned_to is null and not pinned_only))
        order by j.priority, j.run_at, j.id
        limit 1), false);
    chosen bigint[] := array[]::bigint[];
    short_ones bigint[];
    long_ones bigint[];
    long_room integer := max_long;
    overtaking bigint[];
    looked_at bigint[];
    -- As many as are wanted, and then more each time: most often nothing excludes them.
    batch_size integer := case when long_first then 1 else max_jobs end;
    last_priority smallint := case when long_first then 9 else -32768 end;
    last_run_at timestamptz := case when long_first then timestamptz 'infinity' else timestamptz '-infinity' end;
    last_id bigint := 0;
    merged integer := 0;
begin
    while cardinality(chosen) < max_jobs loop
        with looked_at as materialized (
            select j.id, j.priority, j.run_at,
                case when j.pinned_to <> runner then true
                    when j.serial_key is null and j.merge_key is null then false else
                    coalesce(
                        (select true from s3cache.job e where e.serial_key = j.serial_key and e.state = 'running' limit 1),
                        (select true from s3cache.job e where e.merge_key = j.merge_key and e.state = 'running' limit 1),
                        (select true from s3cache.job e
                            where e.merge_key = j.merge_key and e.state = 'queued' and e.id < j.id limit 1),
                        false)
                end as excluded,
                case when j.serial_key is null then false else
                    coalesce(
                        (select true from s3cache.job e
                            where e.serial_key = j.serial_key and e.id < j.id
                                -- A runner of pinned jobs waits for what runs, not for what perhaps nobody will run.
                                and ((e.state = 'queued' and (not pinned_only or e.pinned_to = runner)) or e.serial_key ^@ 'object:')
                            order by e.id limit 1),
                        any_late and exists (select from s3cache.late_write l where l.serial_key = j.serial_key))
                        or (any_on_two and s3cache.crosses(j.id, j.serial_key, j.second_key))
                end as overtakes,
                coalesce(j.serial_key ^@ 'object:', false) as on_object
            from s3cache.job j
            where j.state = 'queued' and not j.behind and j.cache_id <> all (paused)
                and (not pinned_only or j.pinned_to = runner)
                and (j.priority, j.run_at, j.id) > (last_priority, last_run_at, last_id)
                and j.id <> all (chosen)
            order by j.priority, j.run_at, j.id
            limit batch_size
            for update of j skip locked
        )
        select array_agg(l.id),
            coalesce(array_agg(l.id) filter (where not l.overtakes and not l.excluded and l.priority < 10), '{}'),
            coalesce(array_agg(l.id) filter (where not l.overtakes and not l.excluded and l.priority >= 10
                and (not long_first or l.run_at < long_since)), '{}'),
            array_agg(l.id) filter (where l.overtakes and l.on_object)
        into looked_at, short_ones, long_ones, overtaking
        from looked_at l;
        if overtaking is not null then
            update s3cache.job j set behind = true where j.id = any (overtaking);
        end if;
        chosen := (chosen || short_ones || long_ones[:long_room])[:case when long_first then 1 else max_jobs end];
        long_room := long_room - cardinality(long_ones);
        -- Enough, or there are no more.
        exit when cardinality(chosen) = max_jobs or (not long_first and coalesce(cardinality(looked_at), 0) < batch_size);
        select j.priority, j.run_at, j.id into last_priority, last_run_at, last_id
        from s3cache.job j
        where j.id = looked_at[cardinality(looked_at)];
        if cardinality(looked_at) >= 100 then
            merged := merged + s3cache.merge_flood(array(select l from unnest(looked_at) l where l <> all (chosen)));
            exit when merged >= 1000 and not long_first;  -- the others at the next claim
        end if;
        if long_first and (cardinality(chosen) = 1 or last_run_at is null or last_run_at >= long_since or merged >= 1000) then
            long_first := false;
            long_room := max_long - cardinality(chosen);
            batch_size := max_jobs - cardinality(chosen);
            last_priority := -32768;
            last_run_at := '-infinity';
            last_id := 0;
        elsif last_priority >= 10 and long_room <= 0 then
            exit;
        else
            batch_size := least(2 * batch_size, greatest(max_jobs, 1000));
        end if;
    end loop;
    return chosen;
end
$$;
comment on function s3cache.next_jobs(integer, integer, bigint) is
    'The queued jobs to claim next, at most max_jobs, and at most max_long of those with a priority of 10 or more, and holds them: by priority, then by age, but the first one with a priority of 10 or more that the runner may run comes before all others once it has waited for a minute since its run_at; none that a running or an earlier one excludes, none that is pinned to another worker than the runner, and for a runner of pinned jobs only no others than these. Jobs that would overtake another on their object, or what a lost worker may still be writing there, are marked, and not looked at again before s3cache.release_next_jobs(). Runs under the claim lock.';
