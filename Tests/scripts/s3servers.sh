#!/usr/bin/env bash
# scripts/test-s3.sh: servers of two runs beside each other, and nothing left of those that were stopped or interrupted.
# Takes the Python environment from S3CACHE_VENV (.build/venv).
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

s3=$root/scripts/test-s3.sh
# shellcheck disable=SC2317  # called by the trap
stop_all() {
    local run
    for run in one two cut; do [ ! -d "$work/$run" ] || "$s3" stop "$work/$run"; done
    leave
}
trap stop_all EXIT

# The processes of a run: those that name its directory. No command here may name it itself: numbers come round again.
processes() {
    local found='' file line
    for file in /proc/[0-9]*/cmdline; do
        line=
        { mapfile -d '' -t line <"$file"; } 2>/dev/null
        [[ "${line[*]}" != *"$work/$1/"* ]] || found+=" ${file//[^0-9]/}"
    done
    printf '%s' "$found"
}
# Not in the very moment: who was told to end takes some time for it.
nothing_runs() {
    local deadline=$((SECONDS + 60))
    until [ -z "$(processes "$1")" ]; do
        [ $SECONDS -lt $deadline ] || { processes "$1" && return 1; }
        sleep 0.1
    done
}
value() { (eval "$("$s3" env "$work/$1")" && printf '%s' "${!2}"); }
# speaks RUN VARIABLE: its server says something in HTTP.
speaks() {
    local endpoint line
    endpoint=$(value "$1" "$2")
    exec {server}<>"/dev/tcp/127.0.0.1/${endpoint##*:}" || return 1
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&"$server"
    read -r -t 60 line <&"$server"
    exec {server}>&-
    [[ $line == 'HTTP/1.1 '[234]* ]]
}
has_no_env() { ! "$s3" env "$work/$1"; }
differ() { [ "$(value one "$1")" != "$(value two "$1")" ]; }
start_both() {
    local first
    timeout 180 "$s3" start "$work/one" &
    first=$!
    timeout 180 "$s3" start "$work/two" && wait "$first"
}
# Interrupted while the servers start, as soon as the first one does.
interrupt() {
    local starting deadline=$((SECONDS + 60))
    "$s3" start "$work/cut" &
    starting=$!
    until [ -n "$(processes cut)" ] || [ $SECONDS -gt $deadline ]; do sleep 0.02; done
    kill -TERM "$starting"
    ! wait "$starting"
}
# A caller that reads all of our output must not wait for the servers.
output_ends() { timeout 180 cat < <(timeout 120 "$s3" start "$work/two" 2>&1; echo ended) | grep -qx ended; }

prove 'two runs start beside each other' start_both
for name in RGW SWIFT; do
    prove "$name answers in the first run" speaks one "S3CACHE_TEST_${name}_ENDPOINT"
    prove "$name answers in the second run" speaks two "S3CACHE_TEST_${name}_ENDPOINT"
    prove "$name of the two runs have different ports" differ "S3CACHE_TEST_${name}_ENDPOINT"
    prove "$name of the two runs have different keys" differ "S3CACHE_TEST_${name}_SECRET_KEY"
done
prove 'the first run stops' timeout 120 "$s3" stop "$work/one"
prove 'nothing of it runs any more' nothing_runs one
prove 'env says so' has_no_env one
prove 'the second run goes on' speaks two S3CACHE_TEST_RGW_ENDPOINT
prove 'a run that is started again starts afresh, and holds no output of its caller' output_ends
prove 'the second run stops' timeout 120 "$s3" stop "$work/two"
prove 'nothing of it runs either' nothing_runs two
prove 'a start that is interrupted fails' interrupt
prove 'and leaves nothing' nothing_runs cut
prove 'stop may be repeated' timeout 120 "$s3" stop "$work/cut"

finish
