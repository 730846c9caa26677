-- object: function s3cache.merge_into(bigint)
create or replace function s3cache.merge_into(survivor bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run, and knowing the values makes none better.
set plan_cache_mode = force_generic_plan
as $$
declare
    kept s3cache.job;
    barrier bigint;
    merged bigint[];
begin
    select j.* into kept from s3cache.job j where j.id = survivor;
    if kept.kind = 'read' then
        -- Whoever reads after an upload or a deletion wants what that left.
        select b.id into barrier
        from s3cache.job b
        where b.serial_key = kept.serial_key and b.id > survivor and b.kind <> 'read'
        order by b.id
        limit 1;
    end if;
    select array_agg(d.id) into merged
    from (
        select j.id
        from s3cache.job j
        where j.merge_key = kept.merge_key and j.state = 'queued' and j.id > survivor
            and (barrier is null or j.id < barrier)
        for update skip locked
    ) d;
    if merged is not null then
        perform s3cache.end_jobs(merged, 'superseded', null, null, survivor);
    end if;
end
$$;
comment on function s3cache.merge_into(bigint) is
    'Ends the queued later duplicates of a job as superseded by it; of a read, up to the next other job on the object.';
