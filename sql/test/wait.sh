#!/usr/bin/env bash
# What crosses sessions: waiting for jobs, what is said when nothing will run them, and notifications.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_wait
new_database "$db" && sql "$db" -c 'create extension s3cache' || exit 1
job=$(sql "$db" -c "select s3cache.verify(prefix => 'w')")
notices() { sql "$db" -c 'set client_min_messages = notice' -c "select state from s3cache.wait($job, '0 s')" 2>&1; }
says() { notices | grep "$1"; }

prove 'a time-out without a worker gives the unfinished job' says '^queued$'
prove 'and a NOTICE that none is running' says 'NOTICE:  Job .* has not ended: no worker of this release is running. Start or restart one with: s3cache worker'
worker=$(sql "$db" -c "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}')")
says_only() { notices | same <(echo "$1") -; }
prove 'with a live worker it says nothing' says_only queued
sql "$db" -c "insert into s3cache.installation (system_identifier, database_oid) values (1, 1)"
prove 'in a restored copy it names resume()' says 'restored from a dump.*s3cache.resume()'
sql "$db" -c 'select s3cache.resume()' -c "update s3cache.worker set heartbeat_at = heartbeat_at - interval '2 hours'" -o /dev/null
prove 'a dead worker is none' says 'no worker of this release is running'
sql "$db" -c 'update s3cache.worker set heartbeat_at = clock_timestamp()'

# waited JOB TIMEOUT COMMAND…: wait() in one session ends soon after the command in another.
waited() {
    local id=$1 timeout=$2 waiter
    shift 2
    PGAPPNAME=waiter sql "$db" -c "select state from s3cache.wait($id, $timeout)" >"$work/waited" 2>&1 &
    waiter=$!
    sql "$db" -c "do \$\$ begin
        for i in 1..2000 loop
            perform pg_stat_clear_snapshot();
            if exists (select from pg_stat_activity where application_name = 'waiter' and wait_event = 'PgSleep') then return; end if;
            perform pg_sleep(0.005);
        end loop;
        raise exception 'nobody waits';
    end \$\$" || return 1
    "$@" >"$work/ended" || return 1
    wait "$waiter"
    cat "$work/waited"
}
complete() { sql "$db" -c "select s3cache.complete_jobs(array_agg(id), array_agg(token), array_agg('{}'::jsonb)) from s3cache.claim_jobs($worker, 10, false)"; }
prove 'wait() sees another session complete the job' eval "waited $job \"'60 s'\" complete | grep -x done"
job=$(sql "$db" -c "select s3cache.verify(prefix => 'w')")
prove 'or cancel it' eval "waited $job \"'60 s'\" sql $db -c 'select s3cache.cancel($job)' | grep -x cancelled"
job=$(sql "$db" -c "select s3cache.verify(prefix => 'w')")
prove 'without a time-out it waits on, and does not spin' eval "waited $job null complete | grep -x done"
first=$(sql "$db" -c "select s3cache.verify(prefix => 'm')")
second=$(sql "$db" -c "select s3cache.verify(prefix => 'm')")
prove 'and follows a job that is merged while it waits' eval "waited $second \"'60 s'\" complete | grep -x done && answers $db $first 'select superseded_by from s3cache.jobs where id = $second'"

# --- notifications: what a listener gets while others do things
heard() {
    local channel=$1
    shift
    sql "$db" -c "listen $channel" "$@" -c 'select 1' 2>&1 | sed -n 's/^Asynchronous notification "\([^"]*\)" \(with payload "\([^"]*\)" \)\{0,1\}received.*/\1 \3/p'
}
prove 'a finished job is announced with its state' eval "
    heard s3cache_done -c \"select s3cache.cancel(s3cache.verify(prefix => 'n'))\" | grep -xE 's3cache_done [0-9]+ cancelled'"
wakes() { heard s3cache_wake "$@" | grep -q s3cache_wake; }
silent_channel() { ! wakes "$@"; }
parked() { sql "$db" -c "update s3cache.worker set parked = $1, heartbeat_at = clock_timestamp()"; }
parked true
prove 'a parked worker is woken by rebuild()' wakes -c "select s3cache.rebuild(prefix => 'n')"
prove 'by a plain INSERT' wakes -c "insert into s3_image_cache (filename) values ('n')"
prove 'by add_file_to_s3_cache()' wakes -c "select add_file_to_s3_cache('n2')"
prove 'not by an INSERT that inserts nothing' silent_channel -c "insert into s3_image_cache (filename) values ('n') on conflict do nothing"
prove 'nor by adding what is there' silent_channel -c "select add_file_to_s3_cache('n2')"
prove 'by rows of a COPY once' eval "[ \$(heard s3cache_wake -c \"insert into s3_image_cache (filename) select g::text from generate_series(1, 500) g\" | wc -l) = 1 ]"
prove 'by a hint' wakes -c "select s3cache.take_hints(max(id), array['add hinted']) from s3cache.worker"
prove 'by many jobs of a transaction once' eval "[ \$(heard s3cache_wake -c begin -c \"select count(s3cache.verify(prefix => g::text)) from generate_series(1, 20) g\" -c commit | wc -l) = 1 ]"
prove 'not by what is rolled back' silent_channel -c begin -c "select s3cache.rebuild(prefix => 'n')" -c rollback
parked false
prove 'a busy worker is not: enqueueing notifies nobody' silent_channel -c "select s3cache.rebuild(prefix => 'n')" -c "insert into s3_image_cache (filename) values ('busy')"
prove 'unless it is parked by the time that the transaction commits' wakes -c begin -c "select s3cache.rebuild(prefix => 'n')" -c "update s3cache.worker set parked = true" -c commit
prove 'also after what was enqueued before was rolled back' eval "parked false; wakes -c begin -c 'savepoint s' -c \"select s3cache.rebuild(prefix => 'n')\" -c 'rollback to s' -c \"select s3cache.rebuild(prefix => 'n')\" -c 'update s3cache.worker set parked = true' -c commit"
sql "$db" -c "update s3cache.worker set parked = true, heartbeat_at = '2000-01-01'"
prove 'nor a dead one' silent_channel -c "select s3cache.rebuild(prefix => 'n')"

finish
