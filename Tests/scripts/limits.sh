#!/usr/bin/env bash
# Limits have names and documented defaults, and those are what is in force; what waits for a retry is bounded and outlives a crash.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_limits
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1

# --- those of caches: each setting that has a default says it in s3cache.setting, and has it where nobody configured anything
# (that docs/operations.md has the same table is for readme.sh to say)
defaults() { sql "$db" -c "select count(*) from s3cache.setting where default_value is not null" | grep -x '[1-9][0-9]'; }
prove 'settings have defaults' defaults
prove 'which are in force where nothing is configured' eval "sql $db -c \"do \\\$\\\$
    declare
        s record;
        actual text;
    begin
        for s in select * from s3cache.setting where default_value is not null loop
            execute format('select (c.%I)::text from s3cache.cache c', s.name) into actual;
            if actual::text is distinct from s.default_value then
                raise exception '% is % and not %', s.name, actual, s.default_value;
            end if;
        end loop;
    end \\\$\\\$\""

# --- those of workers
help() { awk '/^s3cache worker --help$/ { found = 1 } found && /^```text$/ { inside = 1; next } inside && /^```$/ { exit } inside' docs/operations.md; }
documented() { COLUMNS=80 "$program" worker --help | sed '${ /^$/d }' | same <(help) -; }
prove 'operations.md has the options of a worker and their defaults as the program tells them' documented
for option in concurrency memory-budget lease write-timeout grace slice-size keep-history; do
    prove "--$option has a documented default" eval "help | sed -n '/^  --$option /,/^  --[a-z]* *[A-Z<]/p' | tr '\n' ' ' | grep -E '\(default: [0-9]+\)'"
    prove "and what is less than it may be is refused" fails '' timeout 60 "$program" worker "--$option" -1
done

# --- what waits for a retry
prove 'it is in tables that outlive a crash' answers "$db" '' \
    "select string_agg(c.oid::regclass::text, ' ') from pg_class c
    where c.relnamespace = 's3cache'::regnamespace and c.relkind = 'r' and c.relpersistence <> 'p' and c.relname !~ '^(rebuild_(listing|part|range|slice|change|listed)|inventory_row)\$'"
attempts() { sql "$db" -c "select column_default from information_schema.columns where table_schema = 's3cache' and table_name = 'job' and column_name = 'max_attempts'"; }
prove 'its attempts are as many as documented' eval "attempts | grep -x 8 && grep -q 'at most 8 attempts' docs/operations.md"
sql "$db" -c "select s3cache.verify(prefix => 'p')" -o /dev/null
worker=$(sql "$db" -c "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}')")
# Times between attempts: at most 2^n seconds after the nth, and ten minutes.
spends() {
    local attempt state
    for attempt in 1 2 3 4 5 6 7; do
        state=$(sql "$db" -c "update s3cache.job set run_at = clock_timestamp() where state = 'waiting'" \
            -c "select s3cache.fail_job(c.id, c.token, 'x', '{\"code\": \"x\", \"retryable\": true}') from s3cache.claim_jobs($worker, 10, false) c")
        [ "$state" = waiting ] || { echo "after attempt $attempt: $state" && return 1; }
        answers "$db" t "select run_at <= clock_timestamp() + least(power(2, $attempt), 600) * interval '1 s' from s3cache.job" || return 1
    done
    state=$(sql "$db" -c "update s3cache.job set run_at = clock_timestamp() where state = 'waiting'" \
        -c "select s3cache.fail_job(c.id, c.token, 'x', '{\"code\": \"x\", \"retryable\": true}') from s3cache.claim_jobs($worker, 10, false) c")
    [ "$state" = failed ] || { echo "after the last: $state" && return 1; }
}
prove 'a job is tried eight times, each time later, and then has failed' spends
finish
