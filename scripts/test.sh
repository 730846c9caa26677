#!/usr/bin/env bash
# Runs every test against a PostgreSQL cluster and S3 servers of its own, repeats what failed, and ends with a line
# `N passed, N failed`.
#
#   scripts/test.sh [--filter PART]… [--swift-filter REGEX]
#
# The parts: lint, swift, and by their paths sql/test/*.sh, Tests/scripts/*.sh and sql/test/tap/*.sql.
# --filter runs those whose name contains PART; --swift-filter is handed to `swift test`.
# `make test` builds and installs first. S3CACHE_TEST_TIMEOUT (2400) bounds each part, in seconds.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

scratch=${S3CACHE_SCRATCH:-.build}
limit=${S3CACHE_TEST_TIMEOUT:-2400}
filters=()
swift_options=()
while [ $# -gt 0 ]; do
    case $1 in
        --filter) filters+=("${2:?--filter needs a value}") ;;
        --swift-filter) swift_options+=(--filter "${2:?--swift-filter needs a value}") ;;
        *)
            sed -n '2,9p' "$0" | sed 's/^# \{0,1\}//' >&2
            exit 2
            ;;
    esac
    shift 2
done

work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-test.XXXXXX")
chmod 0711 "$work"  # the server, which never runs as root, keeps its files below
child=
beside=
s3_start=
finish() {
    [ -z "$child" ] || kill "$child" 2>/dev/null
    [ -z "$beside" ] || kill "$beside" 2>/dev/null
    if [ -n "$s3_start" ]; then
        kill "$s3_start" 2>/dev/null
        wait "$s3_start"
    fi
    [ ! -d "$work/s3" ] || scripts/test-s3.sh stop "$work/s3" || true
    scripts/test-cluster.sh stop "$work/pg" || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0
failed=0
failures=()
times=()
began=0

wanted() {
    local filter
    [ ${#filters[@]} -gt 0 ] || return 0
    for filter in "${filters[@]}"; do
        [[ $1 == *"$filter"* ]] && return 0
    done
    return 1
}

# In the background, so that a signal for this script is answered at once and not when the part ends.
bounded() {
    timeout --kill-after=15 "$limit" "$@" &
    child=$!
    wait "$child"
    local status=$?
    child=
    [ $status -ne 124 ] && [ $status -ne 137 ] || echo "timed out after $limit s: $*" >&2
    return $status
}

# tell PART: keeps the beginning of what is to be said of a part that failed, for the end.
tell() {
    { echo "-- $1" && head -n 14 | cut -c 1-400; } >>"$work/told"
}

# The lines `not ok …` with the comments after them; the end of the log where there are none.
failed_lines() {
    if grep -q '^not ok\b' "$1"; then
        awk '/^not ok/ { open = 1 } !/^(not ok|#)/ { open = 0 } open' "$1"
    else
        tail -n 10 "$1"
    fi
}

# The issues as `swift test` printed them; without any, its errors and the tests that did not end.
failed_tests() {
    awk '
        /^(◇|✔|➜|✘)/ { open = 0 }
        /^✘ .* recorded an issue/ { open = 1; issues++ }
        open && lines++ < 14
        /^◇ Test .* started\.$/ && !/^◇ Test (run|case) / { sub(/^◇ Test /, ""); sub(/ started\.$/, ""); running[$0] = 1 }
        /^(✔|✘|➜) Test .* (passed after|failed after|skipped)/ {
            sub(/^(✔|✘|➜) Test /, "")
            sub(/( with [0-9]+ test cases?)? (passed after|failed after|skipped).*$/, "")
            delete running[$0]
        }
        /error: / && errors < 6 { error[++errors] = $0 }
        END {
            if (issues) exit
            for (i = 1; i <= errors; i++) print error[i]
            for (name in running) print "did not end: " name
        }' "$1"
}

# begin NAME: heads a part.
begin() {
    echo "== $1"
    began=$SECONDS
}

# record NAME STATUS PASSED FAILED: counts a part; one that failed without counting anything is one failure.
record() {
    local bad=$4
    [ "$2" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    passed=$((passed + $3))
    failed=$((failed + bad))
    times+=("$((SECONDS - began)) s: $1")
    [ "$bad" -eq 0 ] || failures+=("$1")
}

run_lint() {
    begin lint
    bounded scripts/lint.sh >"$work/lint.log" 2>&1
    local status=$?
    cat "$work/lint.log"
    [ $status -eq 0 ] || tell lint <"$work/lint.log"
    record lint $status $((status == 0)) $((status != 0))
}

# Swift runs all tests of a run at once, on as many threads as there are cores: those that compute would keep those waiting that have
# deadlines, and those with many servers those that measure how long a connection was idle. So they take turns.
turns=(
    '^(CoreTests|SigV4Tests|ListFuzzTests|ImageFuzzTests)\.'
    '^(HTTPTests|GzipTests|PostgresTests|TestSupportTests)\.'
    '^(S3Tests|AdaptersTests)\.'
)
run_swift() {
    if [ ${#swift_options[@]} -gt 0 ]; then
        run_swift_tests swift "${swift_options[@]}"
        return
    fi
    local turn skipped=()
    for turn in "${turns[@]}"; do
        run_swift_tests "swift, $turn" --filter "$turn"
        skipped+=(--skip "$turn")
    done
    run_swift_tests 'swift, all others' "${skipped[@]}"
}

# run_swift_tests NAME OPTION…
run_swift_tests() {
    begin "$1"
    local status good bad log tee
    exec {log}> >(exec tee "$work/swift.log")
    tee=$!
    bounded swift test --scratch-path "$scratch" --explicit-target-dependency-import-check error --disable-xctest \
        --xunit-output "$work/swift.xml" "${@:2}" >&"$log" 2>&1 {log}>&-
    status=$?
    exec {log}>&-
    # Not for ever: something that outlived its test may still hold the pipe.
    timeout 10 tail --pid="$tee" -s 0.05 -f /dev/null
    [ $status -eq 0 ] || failed_tests "$work/swift.log" | tell "$1"
    touch "$work/swift.xml"
    read -r good bad < <(awk '
        /<testcase / { good++; open = 1 }
        /<(failure|skipped)/ && open { good--; open = 0; if (/<failure/) bad++ }
        END { print good + 0, bad + 0 }' "$work"/swift*.xml)
    rm -f "$work"/swift*.xml
    record "$1" $status "$good" "$bad"
}

# Of a script that mostly waits: it runs beside the other parts, and its result is told in its turn.
start_beside() {
    timeout --kill-after=15 "$limit" "$1" >"$work/beside.log" 2>&1 &
    beside=$!
}

# A script passes by exit status 0; the lines `ok …` and `not ok …` that it prints are counted where there are any.
run_script() {
    begin "$1"
    local status good bad
    if [ "$1" = "$waiting" ] && [ -n "$beside" ]; then
        wait "$beside"
        status=$?
        beside=
        mv "$work/beside.log" "$work/script.log"
    else
        bounded "$1" >"$work/script.log" 2>&1
        status=$?
    fi
    cat "$work/script.log"
    good=$(grep -c '^ok\b' "$work/script.log")
    bad=$(grep -c '^not ok\b' "$work/script.log")
    [ "$good" -gt 0 ] || good=$((status == 0))
    if [ "$status" -ne 0 ] || [ "$bad" -ne 0 ]; then failed_lines "$work/script.log" | tell "$1"; fi
    record "$1" "$status" "$good" "$bad"
}

# A new database with the extension installed, and pgTAP in a schema of its own.
make_tap_database() {
    createdb --template template0 --encoding UTF8 "$1" &&
        psql -qXd "$1" -v ON_ERROR_STOP=1 -c 'create schema tap' -c 'create extension pgtap schema tap' \
            -c 'create extension s3cache' -c "alter database $1 set search_path = public, tap"
}

run_tap() {
    begin "$1"
    local name status good bad planned
    name=tap_$(basename "$1" .sql | tr -c 'a-z0-9\n' _)
    if make_tap_database "$name"; then
        bounded psql -qXAt -P pager=off -v ON_ERROR_STOP=1 -d "$name" -f "$1" >"$work/tap.log" 2>&1
        status=$?
        grep -v '^ok\b' "$work/tap.log"
    else
        status=1
        : >"$work/tap.log"
    fi
    dropdb --if-exists --force "$name"
    good=$(grep -c '^ok\b' "$work/tap.log")
    bad=$(grep -c '^not ok\b' "$work/tap.log")
    planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$work/tap.log" | tail -n 1)
    if [ "${planned:-none}" != $((good + bad)) ]; then
        echo "$1: planned ${planned:-no} tests, ran $((good + bad))"
        status=1
    fi
    if [ "$status" -ne 0 ] || [ "$bad" -ne 0 ]; then failed_lines "$work/tap.log" | tell "$1"; fi
    record "$1" "$status" "$good" "$bad"
}

shopt -s nullglob
needs_s3() {
    local script
    wanted swift && return 0
    for script in Tests/scripts/s3*.sh Tests/scripts/readme.sh; do
        wanted "$script" && return 0
    done
    return 1
}

if needs_s3; then
    scripts/test-s3.sh start "$work/s3" &
    s3_start=$!
fi
scripts/test-cluster.sh start "$work/pg" || exit 1
eval "$(scripts/test-cluster.sh env "$work/pg")"
if [ -n "$s3_start" ]; then
    wait "$s3_start" || exit 1
    s3_start=
    eval "$(scripts/test-s3.sh env "$work/s3")"
fi
S3CACHE_BINARY=$(realpath -m "$scratch/debug/s3cache")
S3CACHE_SQLBUNDLE=$(realpath -m "$scratch/debug/sqlbundle")
export S3CACHE_BINARY S3CACHE_SQLBUNDLE

waiting=Tests/scripts/slow_bucket.sh
wanted "$waiting" && start_beside "$waiting"
wanted lint && run_lint
wanted swift && run_swift
for script in sql/test/*.sh Tests/scripts/*.sh; do
    wanted "$script" && run_script "$script"
done
for script in sql/test/tap/*.sql; do
    wanted "$script" && run_tap "$script"
done

echo "== the ${#times[@]} parts took $SECONDS s, of which"
printf '%s\n' "${times[@]}" | sort -rn | head -n 12

# Last, where also those find it who see no more than the end.
[ ! -s "$work/told" ] || head -n 40 "$work/told"
[ ${#failures[@]} -eq 0 ] || printf 'failed: %s\n' "${failures[@]}"
[ $((passed + failed)) -gt 0 ] || echo "no test ran"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
