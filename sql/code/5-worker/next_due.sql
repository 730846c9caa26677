-- object: function s3cache.next_due()
create or replace function s3cache.next_due() returns interval
language sql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the first entry of job_waiting_idx is looked at.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
    select greatest(least(min(due.moment), clock_timestamp() + interval '1 day') - clock_timestamp(), interval '0')
    from (
        select min(j.run_at) as moment from s3cache.job j where j.state = 'waiting'
        union all
        select min(l.until) from s3cache.late_write l
        union all
        select min(r.due_at) from s3cache.rebuild_schedule r
    ) due
    where s3cache.may_run()
    having min(due.moment) is not null
$$;
comment on function s3cache.next_due() is
    'How long it is until something waits no longer and can be claimed, jobs behind a late write and scheduled rebuilds included, a day at most; NULL if nothing waits, zero if it is due. An idle worker asks, and claims then. NULL in a restored copy that nobody resumed.';
