#!/usr/bin/env bash
# Who waits for whom: what adds rows or asks for work never waits for another session's open transaction, and neither does
# a worker that claims.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_isolation
new_database "$db" && sql "$db" -c 'create extension s3cache' -c "alter database $db set lock_timeout = '2s'" || exit 1
worker=$(sql "$db" -c "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}')")

# shellcheck source=sql/test/support/sessions.sh
. sql/test/support/sessions.sh
# passes HELD TRIED: while one session holds its transaction open after HELD, another does TRIED within lock_timeout.
passes() {
    local status=0
    if ! tell A begin || ! tell A "$1" || ! tell B begin || ! tell B "$2"; then status=1; fi
    tell B rollback
    tell A rollback
    return $status
}
# waits HELD TRIED: the opposite; proves that the tests above could fail.
waits() {
    local said
    tell A begin && tell A "$1" || return 1
    said=$(tell B "set lock_timeout = '100ms'; $2; set lock_timeout = '2s'")
    tell A rollback
    [[ $said == *'lock timeout'* ]] || { echo "did not wait: $said" && return 1; }
}

# shellcheck disable=SC2034  # named in the loops below
verify="select s3cache.verify(prefix => '%s')"
insert="insert into s3_image_cache (filename) values ('%s')"
add="select add_file_to_s3_cache('%s')"
rebuild="select s3cache.rebuild(prefix => '%s')"
prove 'these tests can fail: a conflicting INSERT waits' waits "${insert//%s/same}" "${insert//%s/same}"
for held in insert add rebuild verify; do
    for tried in insert add rebuild verify; do
        first=${!held} second=${!tried}
        prove "$tried does not wait for an open $held of something else" passes "${first//%s/one}" "${second//%s/other}"
        # Two rows of one name are one too many: only there the second must know how the first ends.
        [[ $held$tried =~ ^(insert|add)(insert|add)$ ]] ||
            prove "$tried does not wait for an open $held of the same" passes "${first//%s/one}" "${second//%s/one}"
    done
done
prove 'rebuild() of all does not wait for an open rebuild() of all' passes 'select rebuild_s3_cache()' 'select rebuild_s3_cache()'
prove 'verify() of all does not wait for an open verify() of all' passes 'select s3cache.verify()' 'select s3cache.verify()'
sql "$db" -c 'delete from s3cache.job' -c "insert into s3_image_cache (filename) values ('there')" -o /dev/null
prove 'add of a row that is there does not wait for another open add of it' passes "${add//%s/there}" "${add//%s/there}"

# --- bytes: enqueueing does not wait for whoever enqueues something on the same object
# shellcheck disable=SC2034  # named in the loops below
upload="select s3cache.upload('k', '\xffd8ff')" delete_object="select s3cache.delete_object('k')" read="select s3cache.read('k')"
for held in upload delete_object read; do
    for tried in upload delete_object read; do
        prove "$tried does not wait for an open $held of the same object" passes "${!held}" "${!tried}"
    done
    prove "a claim does not wait for an open $held" passes "${!held}" "select id from s3cache.claim_jobs($worker, 10, true)"
done

# --- with a parked worker, whom each of them notifies
sql "$db" -c "update s3cache.worker set parked = true" -o /dev/null
prove 'nor do they wait where a worker is to be woken' passes "${insert//%s/p1}; ${rebuild//%s/p}" "${insert//%s/p2}; ${rebuild//%s/p}"
sql "$db" -c 'delete from s3_image_cache' -c 'delete from s3cache.job' -o /dev/null

# --- a worker that claims
claim="select id from s3cache.claim_jobs($worker, 10, true)"
prove 'claim_jobs() does not wait for an enqueuer'\''s open transaction' passes "${rebuild//%s/one}; ${insert//%s/one}" "$claim"
prove 'nor for an open configure()' passes "select s3cache.configure(max_bytes => 5)" "$claim"
# claims HELD EXPECTED: while HELD is open, a claim gives just that, at once; all is put back after.
claims() {
    local status=0 said
    tell A begin && tell A "$1" || return 1
    tell B begin
    said=$(tell B "select string_agg(args ->> 'prefix', ',' order by args ->> 'prefix') from s3cache.claim_jobs($worker, 10, false)") || status=1
    tell B rollback
    tell A rollback
    [ "$said" = "$2" ] || { echo "claimed: $said" && return 1; }
    return $status
}
sql "$db" -c "select s3cache.rebuild(prefix => 'a'), s3cache.verify(prefix => 'b')" -o /dev/null
job() { sql "$db" -c "select id from s3cache.jobs where state <> 'done' order by id limit 1 offset $1"; }
rebuild_job=$(job 0) verify_job=$(job 1)
prove 'a claim gives both' claims 'select 1' 'a,b'
prove 'while one is being cancelled, the other, at once' claims "select s3cache.cancel($rebuild_job)" 'b'
sql "$db" -c "update s3cache.job set state = 'waiting', attempt = 1, run_at = clock_timestamp() - interval '1 s'" -o /dev/null
prove 'the same of jobs whose wait for a retry is over' claims 'select 1' 'a,b'
prove 'one of them being cancelled' claims "select s3cache.cancel($verify_job)" 'a'
prove 'one of them being retried by hand' claims "select s3cache.retry($verify_job)" 'a'
sql "$db" -c "update s3cache.job set run_at = clock_timestamp() + interval '1 h'" -c "select s3cache.rebuild(prefix => 'a'), s3cache.verify(prefix => 'b')" -o /dev/null
prove 'jobs that wait, and that somebody asked for again, are claimed' claims 'select 1' 'a,b'
prove 'also while one of those that wait is being cancelled' claims "select s3cache.cancel($verify_job)" 'a,b'
sql "$db" -c "delete from s3cache.job" -c "select s3cache.verify(prefix => 'dead')" -c "select s3cache.claim_jobs($worker, 1, false)" -o /dev/null
dead_job=$(sql "$db" -c "update s3cache.job set worker_id = 999 where state = 'running' returning id")
sql "$db" -c "select s3cache.rebuild(prefix => 'run')" -o /dev/null
prove 'rescuing the job of a dead worker does not wait for its open cancel()' claims "select s3cache.cancel($dead_job)" 'run'

# --- a running job and who cancels it
sql "$db" -c 'delete from s3cache.job' -c "select s3cache.rebuild(prefix => 'x')" -o /dev/null
read -r running token < <(sql "$db" -F ' ' -c "select id, token from s3cache.claim_jobs($worker, 10, false)")
hold="select s3cache.hold_claim($running, $token)"
prove 'cancel() of a running job does not wait for what its worker is writing' passes "$hold" "select s3cache.cancel($running)"
sql "$db" -c 'update s3cache.job set cancel_requested = false' -o /dev/null
prove 'nor does the worker'\''s writing wait for an open cancel()' passes "select s3cache.cancel($running)" "$hold"
prove 'nor its progress' passes "select s3cache.cancel($running)" "select s3cache.report_progress($running, $token, 1, 2)"
prove 'nor the heartbeat of its worker' passes "select s3cache.cancel($running)" "select s3cache.heartbeat($worker, 'running')"
prove 'nobody takes a claim away under which something is being written: not another worker' waits "$hold" \
    "select s3cache.complete_jobs(array[$running], array[$token], array['{}'::jsonb])"
prove 'not the worker that leaves' waits "$hold" "select s3cache.unregister_worker($worker)"
prove 'not drop_cache()' eval "sql $db -c \"select s3cache.create_cache('second'); update s3cache.job set cache_id = 2\" -o /dev/null && waits \"\$hold\" \"select s3cache.drop_cache('second')\""
rescue_skips() {
    tell A begin && tell A "$hold" && sql "$db" -c "update s3cache.worker set heartbeat_at = '2000-01-01' where id = $worker" &&
        tell B "select s3cache.rescue_jobs()" | same <(echo 0) - && tell A commit && tell B "select s3cache.rescue_jobs()" | same <(echo 1) -
}
prove 'and a rescue passes it by until that has ended' rescue_skips
worker=$(sql "$db" -c "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}')")

# --- jobs on one object: what ends them, and who is behind them
sql "$db" -c 'delete from s3cache.job' -c 'delete from s3cache.freed_key' -c 'delete from s3_image_cache' -o /dev/null
read -r first second third < <(sql "$db" -F ' ' -c "select s3cache.upload('k', '\xffd8ff31'), s3cache.read('k'), s3cache.read('k')")
read -r running token < <(sql "$db" -F ' ' -c "select id, token from s3cache.claim_jobs($worker, 10, false) where kind = 'upload'")
prove 'the upload was claimed, and the reads are behind it' answers "$db" "$first $second,$third" \
    "select $running || ' ' || string_agg(id::text, ',' order by id) from s3cache.job where behind"
upload="select s3cache.complete_upload($running, $token, 'e', 1, null, null, null, null)"
prove 'completing an upload waits for an open INSERT of its name, as long as lock_timeout says' waits "insert into s3_image_cache (filename) values ('k')" "$upload"
prove 'not for one of another name' passes "insert into s3_image_cache (filename) values ('l')" "$upload"
prove 'a claim does without the history while somebody locks that' passes 'lock table s3cache.job_history' "select count(*) from s3cache.claim_jobs($worker, 10, false)"
prove 'a claim does not wait for an open completion' passes "$upload" "select id from s3cache.claim_jobs($worker, 10, false)"
prove 'nor does cancelling what is behind it' passes "$upload" "select s3cache.cancel($second)"
prove 'nor does completing it wait for that' passes "select s3cache.cancel($second)" "$upload"
prove 'nor another upload of the same name' passes "$upload" "select s3cache.upload('k', '\xffd8ff')"
# While the next one is being cancelled by an open transaction the object stays free for the claim after it.
freed_under_cancel() {
    tell A begin && tell A "select s3cache.cancel($second)" && sql "$db" -c "$upload" -o /dev/null &&
        answers "$db" 0 "select count(*) from s3cache.claim_jobs($worker, 10, false) where kind = 'read'" &&
        answers "$db" 1 'select count(*) from s3cache.freed_key' && tell A rollback &&
        answers "$db" "$second" "select id from s3cache.claim_jobs($worker, 10, false) where kind = 'read'"
}
prove 'a job whose open cancel() is rolled back is not forgotten behind one that has ended' freed_under_cancel
token=$(sql "$db" -c "select claim_token from s3cache.job where id = $second")
sql "$db" -c "insert into s3_image_cache (filename) values ('row')" -c "select s3cache.delete_object('row')" -o /dev/null
fourth=$(sql "$db" -c "select s3cache.read('k')")
prove 'completing a read does not wait for the open cancel() of one that it would merge' passes "select s3cache.cancel($fourth)" "select s3cache.complete_read($second, $token, 'x', null, null)"
read -r running token < <(sql "$db" -F ' ' -c "select id, token from s3cache.claim_jobs($worker, 10, false) where kind = 'delete_object'")
deletion="select s3cache.complete_deletion($running, $token)"
prove 'completing a deletion waits for a transaction that holds the row, as long as lock_timeout says' waits "select 1 from s3_image_cache where filename = 'row' for update" "$deletion"
prove 'and not for one that reads it' passes "select 1 from s3_image_cache where filename = 'row'" "$deletion"
prove 'a reader does not wait for an open completion' passes "$deletion" "select 1 from s3_image_cache where filename = 'row'"
sql "$db" -c 'delete from s3_image_cache' -o /dev/null

# --- creating caches beside readers
prove 'create_cache() does not wait for a reader' passes "select count(*) from s3cache.object; select count(*) from s3_image_cache" "select s3cache.create_cache('third')"
prove 'two claims at once give every job once' eval "
    sql $db -c 'delete from s3cache.job' -c \"select s3cache.verify(prefix => g::text) from generate_series(1, 200) g\" -o /dev/null &&
    for i in 1 2 3 4; do sql $db -c \"select id from s3cache.claim_jobs($worker, 60, false)\" >$work/claim\$i & pids[i]=\$!; done && wait \"\${pids[@]}\" &&
    [ \$(cat $work/claim[1-4] | wc -l) = 200 ] && [ \$(cat $work/claim[1-4] | sort -u | wc -l) = 200 ]"

close_sessions
finish
