-- object: function s3cache.release_next_jobs()
create or replace function s3cache.release_next_jobs() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    freed record;
    next_id bigint;
    next_is_behind boolean;
begin
    for freed in
        select f.serial_key, array_agg(f.job_id) as ids from s3cache.freed_key f group by f.serial_key
    loop
        select j.id, j.behind into next_id, next_is_behind
        from s3cache.job j
        where j.serial_key = freed.serial_key
        order by j.id
        limit 1;
        if next_is_behind then
            perform from s3cache.job j where j.id = next_id for update skip locked;
            continue when not found;  -- someone is cancelling it: the next claim looks again
            update s3cache.job j set behind = false where j.id = next_id;
        end if;
        -- One that is not behind frees the key anew when it ends. What was freed since the look is not deleted.
        delete from s3cache.freed_key f where f.job_id = any (freed.ids);
    end loop;
end
$$;
comment on function s3cache.release_next_jobs() is
    'Where a job on an object ended, the next one on it is behind none any more. Runs under the claim lock, before jobs are claimed; waits for nobody.';
