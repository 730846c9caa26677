#!/usr/bin/env bash
# Two sessions do something to the same jobs at once: whoever comes second waits or passes as said here, whether the first
# commits or rolls back, and each job is in one state and ends once. No deadlock: what one session is told, it answers.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_job_races
# What ends a second time is refused here.
new_database "$db" && sql "$db" -c 'create extension s3cache' -c 'create table ended (id bigint primary key)' \
    -c "create function note_end() returns trigger language plpgsql security definer set search_path = public as \$\$
        begin insert into ended values (new.id); return null; end \$\$" \
    -c 'create trigger note_end after insert on s3cache.job_history for each row execute function note_end()' || exit 1
# shellcheck source=sql/test/support/sessions.sh
. sql/test/support/sessions.sh

# Each job, live or ended, as `kind state`, and what is wrong: one that is both, or bytes that nobody will want.
jobs="select coalesce(string_agg(j.kind || ' ' || j.state, ', ' order by j.id), 'none') || coalesce((
        select '; twice: ' || string_agg(l.id::text, ' ') from s3cache.job l join s3cache.job_history h using (id)), '') || coalesce((
        select '; left behind: ' || string_agg(s.job_id::text, ' ') from s3cache.staged_content s
        where not exists (select from s3cache.jobs k where k.id = s.job_id and k.state in ('queued', 'waiting', 'running', 'failed'))), '')
    from s3cache.jobs j"

# begin_with SQL…: an empty queue, a worker :worker and another :other, and what the statements make. What they put into the psql
# variables job, second and token is in the shell's variables of these names then.
begin_with() {
    local statement
    {
        echo "delete from s3cache.job; delete from s3cache.job_history; delete from s3cache.worker; delete from s3cache.freed_key;"
        echo "delete from s3cache.staged_content; delete from s3cache.job_progress; delete from s3cache.hint_state; delete from s3_image_cache; delete from ended;"
        echo "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker, s3cache.register_worker('o', 'h', 2, s3cache.version(), '1 hour', '{}') as other \\gset"
        for statement; do echo "$statement"; done
        echo '\set all :job :second :token :worker :other'
        printf '%s\n' '\echo --- :job :second :token :worker :other'
    } >"$work/begin.sql"
    # shellcheck disable=SC2034  # for those who call this
    read -r _ job second token worker other < <(sql "$db" -v job=0 -v second=0 -v token=0 -f "$work/begin.sql" | grep '^---')
}
claimed="select s3cache.claim_jobs(:worker, 10, false) \\g /dev/null
    select claim_token as token from s3cache.job where id = :job \\gset"
dead="update s3cache.worker set heartbeat_at = clock_timestamp() - interval '61 minutes' where id = :worker;"

# race END FIRST [waits|passes] SECOND SAYS THEN: A does FIRST and holds its transaction; B does SECOND, which waits for A or
# not; A ends with END. SECOND then says what a pattern SAYS matches, and the jobs are THEN.
race() {
    local end=$1 first=$2 how=$3 tried=$4 says=$5 then=$6 said
    if ! { tell A begin && tell A "$first"; } >"$work/first"; then
        cat "$work/first"
        tell A rollback
        return 1
    fi
    send B "$tried"
    if [ "$how" = waits ]; then
        until_blocked B || { tell A rollback && hear B && return 1; }
        tell A "$end" || return 1
        said=$(hear B)
    else
        said=$(hear B)
        tell A "$end" || return 1
    fi
    # shellcheck disable=SC2053  # a pattern
    [[ $said == $says ]] || { printf '%s\nsaid: %s\nand not: %s\n' "$tried" "$said" "$says" && return 1; }
    answers "$db" "$then" "$jobs"
}
# either NAME FIRST HOW SECOND (SAYS THEN) (SAYS THEN): a race whose first commits, and one whose first rolls back, each from
# what the array `start` makes. The statements are evaluated then, so that they may name $job, $second, $token, $worker, $other.
start=()
either() {
    local name=$1 first=$2 how=$3 second_statement=$4
    begin_with "${start[@]}"
    prove "$name" eval "race commit \"$first\" $how \"$second_statement\" '$5' '$6'"
    begin_with "${start[@]}"
    prove "$name, rolled back" eval "race rollback \"$first\" $how \"$second_statement\" '$7' '$8'"
}
claim="select count(*) from s3cache.claim_jobs(\$worker, 10, false)"
other_claim="select count(*) from s3cache.claim_jobs(\$other, 10, false)"
cancel="select s3cache.cancel(\$job)"
complete="select s3cache.complete_jobs(array[\$job], array[\$token], array['{}'::jsonb])"
rescue='select s3cache.rescue_jobs()'
retry="select s3cache.retry(\$job) > 0"

# --- claims
start=("select s3cache.verify(prefix => 'a') as job, s3cache.verify(prefix => 'b') as second \\gset")
either 'a claim waits for another, and gets what that left' "$claim" waits "$other_claim" 0 'verify running, verify running' 2 'verify running, verify running'
either 'a claim passes by what is being cancelled' "$cancel" passes "$claim" 1 'verify cancelled, verify running' 1 'verify queued, verify running'
either 'cancelling what is being claimed asks its worker to stop' "$claim" waits "$cancel" t 'verify running, verify running' t 'verify cancelled, verify queued'
either 'cancelling twice at once cancels once' "$cancel" waits "$cancel" f 'verify cancelled, verify queued' t 'verify cancelled, verify queued'
start=("select s3cache.verify(prefix => 'a') as job, s3cache.verify(prefix => 'a') as second \\gset")
either 'what a claim is merging is cancelled by nobody any more' "$claim" waits "select s3cache.cancel(\$second)" f 'verify running, verify superseded' t 'verify queued, verify cancelled'
either 'what is being cancelled is merged by no claim' "select s3cache.cancel(\$second)" passes "$claim" 1 'verify running, verify cancelled' 1 'verify running, verify queued'
either 'nor is it claimed, or what would be merged into it' "$cancel" passes "$claim" 0 'verify cancelled, verify queued' 0 'verify queued, verify queued'
start=("select s3cache.read('k') as job, s3cache.read('k') as second \\gset" "$claimed" "select s3cache.read('k') as second \\gset")
read_done="select s3cache.complete_read(\$job, \$token, 'x', 'e', null)"
either 'a claim waits for a read that ends and merges' "$read_done" waits "$other_claim" 0 'read done, read superseded, read superseded' 0 'read running, read superseded, read queued'
either 'a read that ends waits for a claim' "$other_claim" waits "$read_done" '' 'read done, read superseded, read superseded' '' 'read done, read superseded, read superseded'
start=("select s3cache.upload('k', '\xffd8ff') as job, s3cache.upload('k', '\xffd8ff79') as second \\gset" "$claimed")
upload_done="select s3cache.complete_upload(\$job, \$token, 'e', 1, null, null, null, null)"
either 'a claim passes by what is behind an upload that ends' "$upload_done" passes "$other_claim" 0 'upload done, upload queued' 0 'upload running, upload queued'

# --- ends
start=("select s3cache.verify(prefix => 'a') as job \\gset" "$claimed")
either 'what ends beside its open cancel() is done' "$cancel" waits "$complete" '{[0-9]*}' 'verify done' '{[0-9]*}' 'verify done'
either 'cancelling what has just ended tells so' "$complete" waits "$cancel" f 'verify done' t 'verify running'
either 'ending the same job twice ends it once' "$complete" waits "$complete" '{}' 'verify done' '{[0-9]*}' 'verify done'
fail="select s3cache.fail_job(\$job, \$token, 'x', '{\\\"code\\\": \\\"x\\\", \\\"retryable\\\": true}')"
either 'what fails beside its open cancel() is cancelled' "$cancel" waits "$fail" cancelled 'verify cancelled' waiting 'verify waiting'
either 'cancelling what has just failed ends its waiting' "$fail" waits "$cancel" t 'verify cancelled' t 'verify running'
either 'an end waits for a worker that leaves, and is void' "select s3cache.unregister_worker(\$worker)" waits "$complete" '{}' 'verify queued' '{[0-9]*}' 'verify done'
either 'a worker that leaves waits for an end' "$complete" waits "select s3cache.unregister_worker(\$worker)" '' 'verify done' '' 'verify queued'
# Each time another bucket.
configure="select s3cache.configure(bucket => 'b' || txid_current())"
either 'an end waits for a configure() that restarts the job, and is void' "$configure" waits "$complete" '{}' 'verify queued' '{[0-9]*}' 'verify done'
either 'configure() waits for an end' "$complete" waits "$configure" '' 'verify done' '' 'verify queued'
start=("select s3cache.upload('k', '\xffd8ff') as job \\gset" "$claimed")
either 'an upload that ends waits for such a configure(), and is void' "$configure" waits "$upload_done" '*is void*' 'upload queued' '' 'upload done'
either 'such a configure() waits for an upload that ends' "$upload_done" waits "$configure" '' 'upload done' '' 'upload queued'
either 'cancelling an upload that fails for good tells so' "select s3cache.fail_job(\$job, \$token, 'x', '{\\\"code\\\": \\\"x\\\", \\\"retryable\\\": false}')" waits "$cancel" f 'upload failed' t 'upload running'

# --- rescues
start=("select s3cache.verify(prefix => 'a') as job \\gset" "$claimed" "$dead")
either 'a rescue passes by what is ending' "$complete" passes "$rescue" 0 'verify done' 0 'verify running'
either 'the end of a job that is being rescued waits, and is void' "$rescue" waits "$complete" '{}' 'verify queued' '{[0-9]*}' 'verify done'
either 'so is its failure' "$rescue" waits "$fail" '' 'verify queued' waiting 'verify waiting'
either 'and what would be written under its claim' "$rescue" waits "select s3cache.report_progress(\$job, \$token, 1, 1)" '*is void*' 'verify queued' '' 'verify running'
either 'the claim of another worker rescues and takes it; its end is void' "$other_claim" waits "$complete" '{}' 'verify running' '{[0-9]*}' 'verify done'
either 'who cancels what is being rescued waits, and ends it' "$rescue" waits "$cancel" t 'verify cancelled' t 'verify running'
either 'a rescue passes by what is being cancelled' "$cancel" passes "$rescue" 0 'verify running' 0 'verify running'
either 'two rescues at once rescue once' "$rescue" passes "$rescue" 0 'verify queued' 0 'verify running'
heartbeat="select s3cache.heartbeat(\$worker, 'running', array[\$job])"
either 'a heartbeat passes by the rescue of its job' "$rescue" passes "$heartbeat" '{}' 'verify queued' '{}' 'verify running'
either 'a rescue does not wait for a heartbeat that comes too late' "$heartbeat" passes "$rescue" 1 'verify queued' 1 'verify queued'
begin_with "${start[@]}"
stops() { sql "$db" -c "$rescue" -o /dev/null && answers "$db" "{$job}" "select s3cache.heartbeat($worker, 'running', array[$job])"; }
prove 'the next heartbeat tells the worker to stop' stops
start=("update s3cache.worker set heartbeat_at = clock_timestamp() - interval '2 days' where id = :worker;")
either 'the heartbeat of a worker that is being forgotten waits, and is refused' "$rescue" waits "$heartbeat" '*is not registered any more*' none '{0}' none

# --- retries
start=("select s3cache.verify(prefix => 'a') as job \\gset" "$claimed" "select s3cache.fail_job(:job, :token, 'x', '{\"code\": \"x\", \"retryable\": true}') \\g /dev/null"
    "update s3cache.job set run_at = clock_timestamp() - interval '1 s';")
either 'a claim passes by what is being retried' "$retry" passes "$claim" 0 'verify queued' 0 'verify waiting'
either 'retrying what a claim is promoting finds it running' "$claim" waits "$retry" '*has neither failed nor been cancelled*' 'verify running' t 'verify queued'
either 'retrying twice at once starts it once' "$retry" waits "$retry" '*' 'verify queued' t 'verify queued'
start=("select s3cache.upload('k', '\xffd8ff') as job \\gset" "$claimed" "select s3cache.fail_job(:job, :token, 'x', '{\"code\": \"x\", \"retryable\": false}') \\g /dev/null")
either 'the bytes of a failed upload go to one of two who retry it' "$retry" waits "$retry" '*went to a newer job*' 'upload failed, upload queued' t 'upload failed, upload queued'
old="update s3cache.job_history set finished_at = clock_timestamp() - interval '2 days';"
start+=("delete from s3cache.job;" "$old")
prune="select pruned from s3cache.prune_history('1 day', 10)"
either 'forgetting a job that is being retried leaves the bytes to the new one' "$retry" waits "$prune" 1 'upload queued' 1 none
either 'retrying what is being forgotten finds no bytes' "$prune" waits "$retry" '*went to a newer job*' none t 'upload failed, upload queued'
either 'two who forget at once forget once' "$prune" passes "$prune" 0 none 0 'upload failed'
start=("select s3cache.verify(prefix => 'a') as job \\gset" "select s3cache.cancel(:job) \\g /dev/null" "$old")
either 'wait() does not wait for who forgets the job' "$prune" passes "select state from s3cache.wait(\$job, '60 s')" cancelled none cancelled 'verify cancelled'
start=("select s3cache.verify(prefix => 'a') as job \\gset")
either 'wait() sees a job end that is forgotten at once, or says that there is none' "$cancel" passes "select state from s3cache.wait(\$job, '0 s')" queued 'verify cancelled' queued 'verify queued'

# --- hints
start=()
hints="select s3cache.take_hints(\$worker, array['rebuild', 'verify', 'add x'])"
other_hints="select s3cache.take_hints(\$other, array['rebuild', 'verify', 'add y'])"
either 'two workers that hear the same hints make one job of each' "$hints" waits "$other_hints" 0 'add queued, rebuild queued, verify queued' 0 'add queued, rebuild queued, verify queued'
either 'a claim does not wait for hints that are being taken' "$hints" passes "$claim" 0 'add queued, rebuild queued, verify queued' 0 none
start=("select s3cache.take_hints(:worker, array['rebuild']) \\g /dev/null")
either 'nor do hints for a claim' "$claim" passes "select s3cache.take_hints(\$other, array['rebuild'])" 0 'rebuild running, rebuild waiting' 0 'rebuild queued, rebuild waiting'

# --- enqueueing
start=("select s3cache.verify(prefix => 'a') as job \\gset")
many="select s3cache.rebuild(), s3cache.verify(prefix => 'a'), s3cache.upload('k', '\xffd8ff'), s3cache.read('k'), s3cache.delete_object('k')"
either 'a claim takes what is committed, beside an open transaction that asks for the same' "$many" passes "$claim" 1 \
    'verify running, rebuild queued, verify queued, upload queued, read queued, delete_object queued' 1 'verify running'
either 'so does asking for it, beside an open claim' "$claim" passes "$many" '[0-9]*' \
    'verify running, rebuild queued, verify queued, upload queued, read queued, delete_object queued' '[0-9]*' \
    'verify queued, rebuild queued, verify queued, upload queued, read queued, delete_object queued'

close_sessions
finish
