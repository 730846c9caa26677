#!/usr/bin/env bash
# What the test scripts share; to be sourced. Needs the PG* variables of a server whose superuser it may be.
#
# Each script makes what it needs under names of its own ($tag), and leaves nothing behind.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
# shellcheck disable=SC2034
sqlbundle=${S3CACHE_SQLBUNDLE:-$root/.build/debug/sqlbundle}
# shellcheck disable=SC2034
program=${S3CACHE_BINARY:-$root/.build/debug/s3cache}
export PGOPTIONS=${PGOPTIONS:-"-c client_min_messages=warning"}
# shellcheck disable=SC2034
tag=t$$
work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache.XXXXXX")
chmod 0711 "$work"
failures=0
databases=()
users=()
servers=()

leave() {
    local one
    cd / || exit 1
    for one in "${databases[@]}"; do dropdb --if-exists --force "$one" 2>"$work/leave.log" || cat "$work/leave.log" >&2; done
    for one in "${users[@]}"; do psql -XqAtc "drop role if exists $one" -d postgres >&2; done
    for one in "${servers[@]}"; do PG_CONFIG=$one/pg_config "$root/scripts/test-cluster.sh" stop "$one"; done
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 143' TERM INT

# prove NAME COMMAND…: reports one test, which holds if the command succeeds within a minute or two.
prove() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        head -n 40 "$work/log" | cut -c 1-400 | sed 's/^/#   /'
        failures=$((failures + 1))
    fi
}

# To end a script with.
finish() { [ "$failures" -eq 0 ]; }

# new_database NAME [CREATEDB OPTION…]
new_database() {
    databases+=("$1")
    timeout 60 createdb --template template0 --encoding UTF8 "$@"
}

# new_user NAME [ROLE OPTIONS]: a role that can log in.
new_user() {
    users=("$1" "${users[@]}")
    timeout 60 psql -XqAtd postgres -c "create role $1 login ${2:-}"
}

# sql DATABASE [PSQL OPTION…]
sql() {
    local database=$1
    shift
    timeout 120 psql -XqAt -v ON_ERROR_STOP=1 -d "$database" "$@"
}

# answers DATABASE EXPECTED QUERY
answers() {
    local said
    said=$(sql "$1" -c "$3") || return 1
    [ "$said" = "$2" ] || { printf 'expected: %s\ngot:      %s\n' "$2" "$said" && false; }
}

# answers_as USER DATABASE EXPECTED QUERY
answers_as() {
    local user=$1
    shift
    PGUSER=$user answers "$@"
}

# fails MESSAGE COMMAND…: the command fails and says so.
fails() {
    local message=$1 said
    shift
    if said=$("$@" 2>&1); then
        echo "succeeded: $said" && return 1
    fi
    [[ $said == *"$message"* ]] || { echo "$said" && return 1; }
}

# refused USER DATABASE QUERY…: each query, a line long, fails for lack of a privilege.
refused() {
    local user=$1 database=$2
    shift 2
    printf '%s;\n' "$@" >"$work/refused.sql"
    PGUSER=$user timeout 120 psql -XqAt -d "$database" -v VERBOSITY=sqlstate -o "$work/refused.out" -f "$work/refused.sql" 2>&1 |
        sed 's/^[^:]*:[^:]*:\([0-9]*\): ERROR:  /\1 /' >"$work/refused.err"
    seq -f '%.0f 42501' $# | diff - "$work/refused.err" && return
    echo "as $user, of:" && cat -n "$work/refused.sql"
    return 1
}

# allowed USER DATABASE QUERY…: each query succeeds.
allowed() {
    local user=$1 database=$2 query status=0
    shift 2
    for query in "$@"; do
        PGUSER=$user sql "$database" -o "$work/allowed" -c "$query" || { echo "$user may not: $query" && status=1; }
    done
    return $status
}

# silent COMMAND…: it succeeds and says nothing, neither here nor there.
silent() {
    local said
    said=$("$@" 2>&1) || { echo "$said" && return 1; }
    [ -z "$said" ] || { echo "$said" && return 1; }
}

same() { diff -u "$@"; }
