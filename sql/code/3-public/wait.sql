-- object: function s3cache.wait(bigint, interval)
create or replace function s3cache.wait(job_id bigint, timeout interval default interval '60 seconds')
returns s3cache.jobs
language plpgsql
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    deadline timestamptz := coalesce(clock_timestamp() + timeout, 'infinity');
    watched bigint := job_id;
    pause double precision := 0.001;
    found_job s3cache.jobs;
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format('s3cache.wait() cannot see a job end inside a %s transaction.',
                upper(current_setting('transaction_isolation'))),
            hint = 'Call it in a READ COMMITTED transaction, best in one of its own.';
    end if;
    if s3cache.enqueued_here(job_id) then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format('Job %s was enqueued in this very transaction and cannot start before it commits.', job_id),
            hint = 'COMMIT first, then wait.';
    end if;
    loop
        select j.* into found_job from s3cache.jobs j where j.id = watched;
        if not found then
            raise exception using
                errcode = 'no_data_found',
                message = format('There is no job %s, or it is not yours.', coalesce(watched::text, 'NULL')),
                hint = 'TABLE s3cache.jobs lists your jobs.';
        end if;
        if found_job.state = 'superseded' then
            watched := found_job.superseded_by;
            continue;
        end if;
        exit when found_job.state in ('done', 'failed', 'cancelled') or clock_timestamp() >= deadline;
        perform pg_sleep(least(pause,
            greatest(extract(epoch from deadline) - extract(epoch from clock_timestamp()), 0)::double precision));
        pause := least(pause * 1.5, 0.05);
    end loop;
    if found_job.state not in ('done', 'failed', 'cancelled') and not s3cache.worker_lives() then
        raise notice 'Job % has not ended: no worker of this release is running. Start or restart one with: s3cache worker', watched;
    elsif found_job.state not in ('done', 'failed', 'cancelled') and not s3cache.at_home() then
        raise notice 'Job % has not ended: this database was restored from a dump, and workers wait for SELECT s3cache.resume();', watched;
    end if;
    return found_job;
end
$$;
comment on function s3cache.wait(bigint, interval) is
    'Waits until a job has ended and gives its row of s3cache.jobs; of a superseded job, that of the job that did its work. After timeout (NULL: never) it gives the unfinished row, with a NOTICE if nothing will run it. Refuses a job of the caller''s own open transaction, unknown ids, and REPEATABLE READ or SERIALIZABLE. Polls every 1 to 50 ms and holds a snapshot meanwhile: the command line waits without.';
