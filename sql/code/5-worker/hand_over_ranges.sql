-- object: function s3cache.hand_over_ranges(bigint, bigint, text[], text[])
create or replace function s3cache.hand_over_ranges(job_id bigint, token bigint, afters text[], uptos text[]) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the rows of one rebuild are looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
    receiver integer;
begin
    select p.part into receiver
    from s3cache.rebuild_part p
    where p.job_id = held.job_id and p.part <> held.part and p.wanting
        and exists (select from s3cache.job j where j.id = p.holder and j.state = 'running')
    order by p.part
    limit 1
    for update skip locked;
    if not found then
        return false;
    end if;
    perform s3cache.take_ranges(held.job_id, held.part, afters, uptos);
    insert into s3cache.rebuild_range (job_id, part, after, upto)
    select held.job_id, receiver, r.after, r.upto from unnest(afters, uptos) as r (after, upto);
    update s3cache.rebuild_part p set wanting = false where p.job_id = held.job_id and p.part = receiver;
    return true;
end
$$;
comment on function s3cache.hand_over_ranges(bigint, bigint, text[], text[]) is
    'Gives ranges of what a job has left to list to another that waits for some; false, and nothing was given, if none waits any more. The arrays belong together by position. Raises as s3cache.listing_plan() does.';
