-- object: function s3cache.next_jobs(integer, integer)
create or replace function s3cache.next_jobs(max_jobs integer, max_long integer) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: jobs are looked at in the order of job_queued_idx, as many as are needed, and what stands
-- before each is looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set plan_cache_mode = force_custom_plan
as $$
declare
    paused constant integer[] := array(select s.cache_id from s3cache.cache_setting s where s.paused);
    any_late constant boolean := exists (select from s3cache.late_write);
    chosen bigint[] := array[]::bigint[];
    long_ones integer := 0;
    overtaking bigint[];
    batch_size integer;
    looked_at record;
    last_priority smallint := smallint '-32768';
    last_run_at timestamptz := timestamptz '-infinity';
    last_id bigint := bigint '0';
begin
    while cardinality(chosen) < max_jobs loop
        overtaking := array[]::bigint[];
        batch_size := 0;
        for looked_at in
            select j.id, j.priority, j.run_at,
                coalesce(
                    (select true from s3cache.job e where e.serial_key = j.serial_key and e.state = 'running' limit 1),
                    (select true from s3cache.job e where e.merge_key = j.merge_key and e.state = 'running' limit 1),
                    (select true from s3cache.job e
                        where e.merge_key = j.merge_key and e.state = 'queued' and e.id < j.id limit 1),
                    false) as excluded,
                coalesce(
                    (select true from s3cache.job e
                        where e.serial_key = j.serial_key and e.id < j.id
                            and (e.state = 'queued' or e.serial_key ^@ 'object:')
                        order by e.id limit 1),
                    any_late and exists (select from s3cache.late_write l where l.serial_key = j.serial_key)) as overtakes,
                coalesce(j.serial_key ^@ 'object:', false) as on_object
            from s3cache.job j
            where j.state = 'queued' and not j.behind and j.cache_id <> all (paused)
                and (j.priority, j.run_at, j.id) > (last_priority, last_run_at, last_id)
            order by j.priority, j.run_at, j.id
            limit greatest(max_jobs - cardinality(chosen), 100)
            for update of j skip locked
        loop
            batch_size := batch_size + 1;
            last_priority := looked_at.priority;
            last_run_at := looked_at.run_at;
            last_id := looked_at.id;
            exit when looked_at.priority >= 10 and long_ones >= max_long;
            if looked_at.overtakes then
                if looked_at.on_object then
                    overtaking := overtaking || looked_at.id;
                end if;
            elsif not looked_at.excluded then
                chosen := chosen || looked_at.id;
                long_ones := long_ones + (looked_at.priority >= 10)::integer;
                exit when cardinality(chosen) = max_jobs;
            end if;
        end loop;
        exit when batch_size = 0 or (last_priority >= 10 and long_ones >= max_long);
        update s3cache.job j set behind = true where j.id = any (overtaking);
    end loop;
    return chosen;
end
$$;
comment on function s3cache.next_jobs(integer, integer) is
    'The queued jobs to claim next, at most max_jobs, and at most max_long of those with a priority of 10 or more, and holds them: by priority, then by age; none that a running or an earlier one excludes. Jobs that would overtake another on their object, or what a lost worker may still be writing there, are marked, and not looked at again before s3cache.release_next_jobs(). Runs under the claim lock.';
