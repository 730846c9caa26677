#!/usr/bin/env bash
# A worker without work costs nearly nothing: in a minute 30 queries and 0.3 s of CPU time at most. Looks for 20 s;
# S3CACHE_IDLE_SECONDS for another time. On a server of its own, which logs every statement.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

seconds=${S3CACHE_IDLE_SECONDS:-20}
worker=
# shellcheck disable=SC2317  # called by the trap
stop_all() {
    if [ -n "$worker" ]; then kill "$worker" && timeout 30 tail --pid="$worker" -s 0.05 -f /dev/null; fi
    scripts/test-cluster.sh stop "$work/pg"
    leave
}
trap stop_all EXIT

S3CACHE_TEST_LOG_STATEMENT=all scripts/test-cluster.sh start "$work/pg" || exit 1
eval "$(scripts/test-cluster.sh env "$work/pg")"
"$sqlbundle" migration --sql sql --schema public | sql postgres -o /dev/null || exit 1
mkdir "$work/store"
S3CACHE_DIRECTORY=$work/store timeout 600 "$program" worker --log-level warning 2>"$work/worker.log" &
worker=$!

# Another program of ours, or a person, is not the worker: its name tells.
queries() { grep -cE '\] [^ ]+ s3cache( listener)?: LOG:  (statement|execute [^:]*):' "$work/pg/server.log"; }
# CPU time of the worker, which is the child of `timeout`, in hundredths of a second.
cpu() {
    local process fields
    process=$(pgrep -P "$worker") || return 1
    read -r fields <"/proc/$process/stat" || return 1
    # shellcheck disable=SC2086  # the fields after the name, which stands in parentheses
    set -- ${fields##*) }
    echo $(((${12} + ${13}) * 100 / $(getconf CLK_TCK)))
}
parked() {
    local deadline=$((SECONDS + 60))
    until [ "$(sql postgres -c 'select count(*) from s3cache.worker where parked and listens')" = 1 ]; do
        [ $SECONDS -lt $deadline ] || { cat "$work/worker.log" && return 1; }
        sleep 0.1
    done
}
prove 'a worker finds nothing to do' parked
# The short waits after the last work are over.
sleep 3
queries_before=$(queries) cpu_before=$(cpu)
sleep "$seconds"
queries_made=$(($(queries) - queries_before)) cpu_used=$(($(cpu) - cpu_before))
# shellcheck disable=SC2317  # called by prove
at_most() {
    if [ "$1" -lt 1 ] || [ "$1" -gt "$2" ]; then
        echo "$1, and not 1 to $2"
        tail -n 30 "$work/pg/server.log"
        return 1
    fi
}
echo "# in $seconds s: $queries_made queries, $cpu_used hundredths of a second of CPU time"
# In less than a minute there may be one more of each: claims, heartbeats and pings.
prove "then it makes at most 30 queries a minute" at_most "$queries_made" $((seconds * 30 / 60 + (seconds < 60 ? 3 : 0)))
prove "and uses at most 0.3 s of CPU time" test "$cpu_used" -le $((seconds * 30 / 60))
prove "having nothing to complain of" test ! -s "$work/worker.log"
finish
