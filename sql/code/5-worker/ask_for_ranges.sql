-- object: function s3cache.ask_for_ranges(bigint, bigint)
create or replace function s3cache.ask_for_ranges(job_id bigint, token bigint) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the rows of one rebuild are looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
    abandoned integer;
begin
    -- What is written here need not survive a crash of the server, and is asked for again and again.
    perform set_config('synchronous_commit', 'off', true);
    if exists (select from s3cache.rebuild_range r where r.job_id = held.job_id and r.part = held.part) then
        return 'given';
    end if;
    -- Whose holder died, or failed, nobody lists.
    select p.part into abandoned
    from s3cache.rebuild_part p
    where p.job_id = held.job_id and p.part <> held.part
        and exists (select from s3cache.rebuild_range r where r.job_id = p.job_id and r.part = p.part)
        and not exists (select from s3cache.job j where j.id = p.holder and j.state = 'running')
    order by p.part
    limit 1
    for update skip locked;
    -- Its holder may have been claimed again before the lock.
    if found and not exists (
        select from s3cache.rebuild_part p
        join s3cache.job j on j.id = p.holder
        where p.job_id = held.job_id and p.part = abandoned and j.state = 'running')
    then
        perform s3cache.forget_unfinished_slice(held.job_id, abandoned);
        update s3cache.rebuild_range r set part = held.part where r.job_id = held.job_id and r.part = abandoned;
        update s3cache.rebuild_part p set wanting = false where p.job_id = held.job_id and p.part = held.part and p.wanting;
        return 'given';
    end if;
    if not exists (select from s3cache.rebuild_range r where r.job_id = held.job_id) then
        return 'listed';
    end if;
    update s3cache.rebuild_part p set wanting = true where p.job_id = held.job_id and p.part = held.part and not p.wanting;
    return 'wait';
end
$$;
comment on function s3cache.ask_for_ranges(bigint, bigint) is
    'For a job that has listed all that it held: ''given'' if there is more in s3cache.ranges_to_list() now, ''listed'' if nobody has anything left to list, else ''wait'': others are told, and it is to ask again soon. Takes over what is left of jobs that do not run any more. Raises as s3cache.listing_plan() does.';
