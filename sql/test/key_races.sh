#!/usr/bin/env bash
# Sessions that enqueue, claim, complete, fail and cancel jobs on few objects, all at once: of each object one job runs at
# a time, in the order in which they were asked for, and all end.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_races
new_database "$db" && sql "$db" -c 'create extension s3cache' || exit 1
sql "$db" <<'SQL' || exit 1
create table asked (job_id bigint primary key, before timestamptz not null, after timestamptz);
create table step (what text not null, job_id bigint, at timestamptz not null default clock_timestamp());
-- Asks for something, and notes when that began and when it was committed.
create procedure ask(steps integer) language plpgsql as $$
declare
    job bigint;
    key text;
    began timestamptz;
begin
    for i in 1..steps loop
        key := (array['a', 'b', 'c'])[1 + floor(random() * 3)];
        began := clock_timestamp();
        job := case floor(random() * 4)
            when 0 then s3cache.delete_object(key) when 1 then s3cache.upload(key, '\xffd8ff') else s3cache.read(key) end;
        if random() < 0.1 then
            perform pg_sleep(random() * 0.01);
        end if;
        if random() < 0.05 then
            rollback;
            continue;
        end if;
        commit;
        insert into asked (job_id, before, after) values (job, began, clock_timestamp());
        if random() < 0.1 then
            insert into step (what, job_id) select 'cancel', job where s3cache.cancel(job);
        end if;
        commit;
    end loop;
end $$;
-- One worker, until nothing is left to do once the askers are gone.
create procedure work() language plpgsql as $$
declare
    worker bigint := s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}');
    job record;
    chance double precision;
begin
    commit;
    loop
        for job in select * from s3cache.claim_jobs(worker, 2, false) loop
            insert into step (what, job_id) values ('start', job.id);
            commit;
            perform pg_sleep(random() * 0.004);
            chance := random();
            begin
                if chance < 0.15 then
                    insert into step (what, job_id) values ('stop', job.id);
                    perform s3cache.fail_job(job.id, job.token, 'no', jsonb_build_object('retryable', chance < 0.1));
                else
                    insert into step (what, job_id) values ('stop', job.id);
                    case job.kind
                        when 'upload' then perform s3cache.complete_upload(job.id, job.token, 'e', 1, null, null, null, null);
                        when 'read' then perform s3cache.complete_read(job.id, job.token, 'x', 'e', null);
                        when 'delete_object' then perform s3cache.complete_deletion(job.id, job.token);
                        else perform s3cache.complete_jobs(array[job.id], array[job.token], array['{}'::jsonb]);
                    end case;
                end if;
            end;
            commit;
        end loop;
        update s3cache.job set run_at = clock_timestamp()
        where id in (select id from s3cache.job where state = 'waiting' for update skip locked);
        commit;
        exit when not exists (select from s3cache.job)
            and not exists (select from pg_stat_activity where application_name = 'asker' and datname = current_database());
    end loop;
end $$;
SQL
askers=()
workers=()
for i in 1 2 3 4; do
    PGAPPNAME=asker sql "$db" -c 'call ask(600)' >"$work/asker$i" 2>&1 &
    askers+=($!)
done
for i in 1 2 3; do
    sql "$db" -c 'call work()' >"$work/worker$i" 2>&1 &
    workers+=($!)
done
ended_well() {
    local pid status=0
    for pid in "$@"; do wait "$pid" || status=1; done
    cat "$work"/asker* "$work"/worker*
    return $status
}
prove 'four sessions ask for 2,400 jobs on three objects' ended_well "${askers[@]}"
prove 'three workers run them all' ended_well "${workers[@]}"
prove 'nothing is left, and nobody behind anything' answers "$db" '0' 'select count(*) from s3cache.job'
prove 'each job ended exactly once' answers "$db" '0' \
    'select count(*) from asked a where (select count(*) from s3cache.job_history h where h.id = a.job_id) <> 1'
prove 'there were many, of every end' answers "$db" t "
    select count(*) > 2000 and count(distinct state) = 4 and count(*) filter (where state = 'superseded') > 20 from s3cache.job_history"
# A worker notes the start after the claim has committed, and the stop in the transaction that ends the job.
prove 'on one object they never ran beside each other' answers "$db" '0' "
    with run as (
        select h.serial_key, s.job_id, s.at as start,
            (select min(e.at) from step e where e.what = 'stop' and e.job_id = s.job_id and e.at > s.at) as stop
        from step s join s3cache.job_history h on h.id = s.job_id where s.what = 'start' and h.serial_key is not null)
    select count(*) from (select *, lead(start) over (partition by serial_key order by start) as next from run) r where next < stop"
prove 'and in the order in which they were asked for' answers "$db" '0' "
    with began as (
        select h.id, h.serial_key, a.before, a.after, min(s.at) as start
        from asked a join s3cache.job_history h on h.id = a.job_id join step s on s.job_id = h.id and s.what = 'start'
        group by 1, 2, 3, 4)
    select count(*) from began a join began b on b.serial_key = a.serial_key and a.after < b.before and b.start < a.start"
prove 'no bytes are left but those of failed uploads' answers "$db" '0' "
    select count(*) from s3cache.staged_content s
    where not exists (select from s3cache.job_history h where h.id = s.job_id and h.state = 'failed')"

finish
