#!/usr/bin/env bash
# Runs scripts/demo.sh as `make demo` does, and looks at what it prints and leaves. Needs a network for apt.
#
# S3CACHE_BINARY chooses the program (.build/debug/s3cache); PG_CONFIG the server.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

S3CACHE_BINARY=$(realpath -m "${S3CACHE_BINARY:-.build/debug/s3cache}")
export S3CACHE_BINARY
work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-demo-test.XXXXXX")
chmod 0711 "$work"
trap 'rm -rf "$work"' EXIT
mkdir -m 0711 "$work/tmp"
failures=0

prove() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/#   /' "$work/log"
        failures=$((failures + 1))
    fi
}

export TMPDIR=$work/tmp
demo() { timeout 240 scripts/demo.sh </dev/null; }
# Neither a file in the directory that the demo had for its own, nor a process that knows of it: for at most 10 seconds.
nothing_is_left() {
    local deadline=$((SECONDS + 10)) left
    # shellcheck disable=SC2062  # file names, not a pattern
    while left=$(grep -lsaF --file=- /proc/[0-9]*/cmdline /proc/[0-9]*/environ <<<"$work/tmp/s3cache-demo." ; ls -A "$work/tmp") &&
        [ -n "$left" ] && [ $SECONDS -lt $deadline ]; do
        sleep 0.1
    done
    echo "$left"
    [ -z "$left" ]
}
complete() { demo 2>&1 | tee "$work/printed"; return "${PIPESTATUS[0]}"; }
all_lines_fit() { ! LC_ALL=C.UTF-8 grep -nE '.{81}' "$work/printed"; }
plain_text() { ! grep -n $'\e' "$work/printed"; }
# The README's transcript is what was printed, whatever the numbers and the line breaks, with its ellipses for anything.
is_the_transcript() {
    local text pattern
    text=$(sed 's/[0-9][0-9,]*/N/g' "$work/printed" | tr -s '[:space:]' ' ')
    pattern=$(awk '/^```text/ { inside = 1; next } inside && /^```/ { exit } inside' README.md |
        sed 's/[0-9][0-9,]*/N/g; s/[][*?\\()|+@!]/\\&/g; s/^ *…$/*/; s/…/*/g' | tr -s '[:space:]' ' ')
    # shellcheck disable=SC2053  # a pattern
    [[ $text == $pattern ]]
}
interrupted() {
    local status=0
    timeout 240 scripts/demo.sh </dev/null >"$work/interrupted" 2>&1 &
    local deadline=$((SECONDS + 120))
    until grep -q 'The first rebuild' "$work/interrupted" || [ $SECONDS -ge $deadline ]; do sleep 0.1; done
    kill -TERM $!
    wait $! || status=$?
    cat "$work/interrupted"
    [ $status -eq 143 ] || [ $status -eq 124 ]
}
without_program() {
    local said
    said=$(S3CACHE_BINARY=/no/such/program demo 2>&1) && return 1
    grep 'make demo' <<<"$said"
}

prove 'the demo holds' complete
prove 'its lines fit into 80 columns' all_lines_fit
prove 'it prints no control characters into a file' plain_text
prove 'the README shows what it prints' is_the_transcript
prove 'it leaves nothing' nothing_is_left
prove 'a second run can be interrupted' interrupted
prove 'and leaves nothing either' nothing_is_left
prove 'it says what is missing where nothing was built' without_program

[ "$failures" -eq 0 ]
