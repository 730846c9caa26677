#!/usr/bin/env bash
# Runs every test against a PostgreSQL cluster of its own, and ends with a line `N passed, N failed`.
#
#   scripts/test.sh [--filter PART]… [--swift-filter REGEX]
#
# The parts: lint, swift, and by their paths sql/test/*.sh, Tests/scripts/*.sh and sql/test/tap/*.sql.
# --filter runs those whose name contains PART; --swift-filter is handed to `swift test`.
# `make test` builds and installs first. S3CACHE_TEST_TIMEOUT (900) bounds each part, in seconds.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

scratch=${S3CACHE_SCRATCH:-.build}
limit=${S3CACHE_TEST_TIMEOUT:-900}
filters=()
swift_options=()
while [ $# -gt 0 ]; do
    case $1 in
        --filter) filters+=("${2:?--filter needs a value}") ;;
        --swift-filter) swift_options+=(--filter "${2:?--swift-filter needs a value}") ;;
        *)
            sed -n '2,8p' "$0" | sed 's/^# \{0,1\}//' >&2
            exit 2
            ;;
    esac
    shift 2
done

work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-test.XXXXXX")
chmod 0711 "$work"  # the server, which never runs as root, keeps its files below
child=
finish() {
    [ -z "$child" ] || kill "$child" 2>/dev/null
    scripts/test-cluster.sh stop "$work/pg" || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0
failed=0
failures=()

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

# record NAME STATUS PASSED FAILED: counts a part; one that failed without counting anything is one failure.
record() {
    local bad=$4
    [ "$2" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    passed=$((passed + $3))
    failed=$((failed + bad))
    [ "$bad" -eq 0 ] || failures+=("$1")
}

run_lint() {
    echo "== lint"
    bounded scripts/lint.sh
    local status=$?
    record lint $status $((status == 0)) $((status != 0))
}

run_swift() {
    echo "== swift"
    bounded swift test --scratch-path "$scratch" --explicit-target-dependency-import-check error --disable-xctest \
        --xunit-output "$work/swift.xml" "${swift_options[@]}"
    local status=$? good bad
    touch "$work/swift.xml"
    read -r good bad < <(awk '
        /<testcase / { good++; open = 1 }
        /<(failure|skipped)/ && open { good--; open = 0; if (/<failure/) bad++ }
        END { print good + 0, bad + 0 }' "$work"/swift*.xml)
    record swift $status "$good" "$bad"
}

# A script passes by exit status 0; the lines `ok …` and `not ok …` that it prints are counted where there are any.
run_script() {
    echo "== $1"
    bounded "$1" >"$work/script.log" 2>&1
    local status=$? good bad
    cat "$work/script.log"
    good=$(grep -c '^ok\b' "$work/script.log")
    bad=$(grep -c '^not ok\b' "$work/script.log")
    [ "$good" -gt 0 ] || good=$((status == 0))
    record "$1" "$status" "$good" "$bad"
}

# A new database with the extension installed, and pgTAP in a schema of its own.
make_tap_database() {
    createdb --template template0 --encoding UTF8 "$1" &&
        psql -qXd "$1" -v ON_ERROR_STOP=1 -c 'create schema tap' -c 'create extension pgtap schema tap' \
            -c 'create extension s3cache' -c "alter database $1 set search_path = public, tap"
}

run_tap() {
    echo "== $1"
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
    record "$1" "$status" "$good" "$bad"
}

scripts/test-cluster.sh start "$work/pg" || exit 1
eval "$(scripts/test-cluster.sh env "$work/pg")"
S3CACHE_BINARY=$(realpath -m "$scratch/debug/s3cache")
S3CACHE_SQLBUNDLE=$(realpath -m "$scratch/debug/sqlbundle")
export S3CACHE_BINARY S3CACHE_SQLBUNDLE

shopt -s nullglob
wanted lint && run_lint
wanted swift && run_swift
for script in sql/test/*.sh Tests/scripts/*.sh; do
    wanted "$script" && run_script "$script"
done
for script in sql/test/tap/*.sql; do
    wanted "$script" && run_tap "$script"
done

[ ${#failures[@]} -eq 0 ] || printf 'failed: %s\n' "${failures[@]}"
[ $((passed + failed)) -gt 0 ] || echo "no test ran"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
