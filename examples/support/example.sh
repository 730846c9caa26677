#!/usr/bin/env bash
# What the examples share; to be sourced by their run.sh, which then calls `begin NAME`.
#
# Needs the PG* variables of a PostgreSQL server whose superuser it may be, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and
# AWS_SECRET_ACCESS_KEY of an S3 server, and OTHER_ACCESS_KEY_ID, OTHER_SECRET_ACCESS_KEY and OTHER_ARN of a second account there.
# Makes databases and buckets of its own, and removes them. S3CACHE_BINARY chooses the program, S3CACHE_VENV the Python that has boto3.
# shellcheck disable=SC2034,SC2119,SC2120,SC2317  # used by those that source it
# shellcheck source=sql/test/support/prove.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../sql/test/support/prove.sh"

here=$PWD
support=$root/examples/support
program=$(realpath -m "$program")
python=$(realpath -ms "${S3CACHE_VENV:-$root/.build/venv}")/bin/python
[ -x "$python" ] || python=python3
export PYTHONDONTWRITEBYTECODE=1 AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
buckets=()
helpers=()
worker=
workers_log=

# begin NAME: a database, a bucket, a gateway before the S3 server, and a directory for all else.
begin() {
    store=${AWS_ENDPOINT_URL:?} key=${AWS_ACCESS_KEY_ID:?} secret=${AWS_SECRET_ACCESS_KEY:?}
    other_key=${OTHER_ACCESS_KEY_ID:?} other_secret=${OTHER_SECRET_ACCESS_KEY:?} other_arn=${OTHER_ARN:?}
    local name
    for name in "${!AWS_@}" "${!S3_@}"; do
        case $name in AWS_REGION | AWS_EC2_METADATA_DISABLED | AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY) ;; *) unset "$name" ;; esac
    done
    unset DATABASE_URL DRY_RUN "${!S3CACHE_ALLOWED_@}" S3CACHE_DIRECTORY
    export AWS_CONFIG_FILE=$work/aws.config AWS_SHARED_CREDENTIALS_FILE=$work/aws.credentials PATH=$work/bin:$PATH
    mkdir "$work/bin" "$work/here"
    ln -s "$program" "$work/bin/s3cache"
    touch "$work/rules" "$work/journal" "$work/aws.config" "$work/aws.credentials"
    cd "$work/here" || exit 1
    trap leave_all EXIT
    export PGDATABASE=${tag}_$1
    bucket=$1-$tag
    buckets+=("$bucket")
    bucket "$bucket" make &
    local made=$!
    if ! new_database "$PGDATABASE" || ! timeout 120 s3cache migrate >"$work/migrate.log"; then
        cat "$work/migrate.log"
        exit 1
    fi
    helper gateway "$store" "$work/rules" "$work/journal"
    export AWS_ENDPOINT_URL=http://localhost:$port
    wait $made || exit 1
}

leave_all() {
    local one
    [ -z "$worker" ] || stop_worker
    for one in "${buckets[@]}"; do bucket "$one" remove; done
    for one in "${helpers[@]}"; do kill "$one" && wait "$one"; done 2>"$work/kill.log"
    leave
}

# helper NAME ARGUMENT…: starts one of the little servers beside this file; its port is in `port`.
helper() {
    local name=$1
    shift
    "$python" "$support/$name.py" "$@" >"$work/$name.port" 2>"$work/$name.log" &
    helpers+=($!)
    for _ in $(seq 600); do
        read -r port <"$work/$name.port" && return
        sleep 0.05
    done
    cat "$work/$name.log"
    exit 1
}

# bucket NAME COMMAND…: by another program than s3cache, and past the gateway.
bucket() { AWS_ENDPOINT_URL='' timeout 120 "$python" "$support/bucket.py" "$store" "$@"; }
make_bucket() {
    buckets+=("$1")
    bucket "$1" make
}
pictures() { "$python" "$support/pictures.py" "$@"; }

# as_other COMMAND…: with the keys of the second account.
as_other() { AWS_ACCESS_KEY_ID=$other_key AWS_SECRET_ACCESS_KEY=$other_secret "$@"; }

# gateway [RULE…]: these are its rules from now on, and no others.
gateway() { printf '%s\n' "$@" | sed '/^$/d' >"$work/rules.new" && mv "$work/rules.new" "$work/rules"; }

# requests [REGEX]: how many went through the gateway so far, of those whose line in the journal fits.
requests() { grep -cE "${1:-.}" "$work/journal"; }
# quiet REQUESTS: no more than these went through.
quiet() { [ "$(requests)" = "$1" ] || { tail -n +"$(($1 + 1))" "$work/journal" && return 1; }; }

# start_worker [NAME=VALUE…]: with these variables besides; waits until it runs.
start_worker() {
    workers_log=$work/worker-$((++workers_started)).log
    env "$@" s3cache worker --write-timeout 1 --lease 5 2>"$workers_log" &
    worker=$!
    wait_until "select exists (select from s3cache.workers where state in ('idle', 'busy'))" 60 || { cat "$workers_log"; exit 1; }
}
workers_started=0
stop_worker() {
    kill "$worker" && wait "$worker"
    worker=
}

# wait_until QUERY [SECONDS]: until it says true.
wait_until() {
    local deadline=$((SECONDS + ${2:-120}))
    until [ "$(sql "$PGDATABASE" -c "$1")" = t ]; do
        [ $SECONDS -lt $deadline ] || { echo "never: $1" && return 1; }
        sleep 0.1
    done
}
# until_succeeds COMMAND…
until_succeeds() {
    local deadline=$((SECONDS + 120))
    until "$@"; do
        [ $SECONDS -lt $deadline ] || { echo "never: $*" && return 1; }
        sleep 0.1
    done
}

# query SQL: its result. gives EXPECTED SQL: what it is to be. holds SQL: t.
query() { sql "$PGDATABASE" -c "$1"; }
gives() { answers "$PGDATABASE" "$1" "$2"; }
holds() { answers "$PGDATABASE" t "$1"; }

# does EXPRESSION: has a worker do what it asks for, which has to end well; the job's number is in `job`.
does() {
    local ended
    job=$(query "select $1") || return 1
    ended=$(query "select concat_ws('|', state, error) from s3cache.wait($job, '100 s')")
    [ "$ended" = 'done' ] || { echo "$ended" && return 1; }
}
# fails_with CODE EXPRESSION
fails_with() {
    local ended
    job=$(query "select $2") || return 1
    ended=$(query "select concat_ws('|', state, result->'error'->>'code', error) from s3cache.wait($job, '100 s')")
    [[ $ended == "failed|$1|"?* ]] || { echo "$ended" && return 1; }
}
# result NAME: of the last job.
result() { query "select result->>'$1' from s3cache.jobs where id = $job"; }

# content FILE: SQL for its bytes.
content() { echo "decode('$(base64 -w 0 "$1")', 'base64')"; }

# fetches STATUS URL [CURL OPTION…]: what curl is answered; the body is in $work/body, the headers in $work/headers.
fetches() {
    local expected=$1 url=$2 status
    shift 2
    status=$(curl --silent --max-time 60 --output "$work/body" --dump-header "$work/headers" --write-out '%{http_code}' "$@" "$url")
    [ "$status" = "$expected" ] || { echo "$status for $url" && head -c 400 "$work/body" && return 1; }
}
# brings FILE URL: these bytes.
brings() { fetches 200 "$2" && cmp "$1" "$work/body"; }
# brings_file FILE URL: the same, where the URL is of a local file.
brings_file() { curl --silent --fail --output "$work/body" "$2" && cmp "$1" "$work/body"; }
# json FILE EXPRESSION: what Python makes of `d`, the document in the file.
json() {
    "$python" -c 'import json, sys
d = json.load(open(sys.argv[1]))
found = eval(sys.argv[2])
print(found if isinstance(found, str) else json.dumps(found))' "$@"
}
# granted FILE: the statements of an IAM policy that the last command printed, as a policy of the bucket for the second account.
granted() { json "$work/out" "dict(d, Statement=[dict(s, Principal={'AWS': '$other_arn'}) for s in d['Statement']])" >"$1"; }
# actions: which ones that policy allows.
actions() { json "$work/out" "' '.join(sorted({a for s in d['Statement'] for a in ([s['Action']] if isinstance(s['Action'], str) else s['Action'])}))"; }
# header NAME: of the last answer.
header() { sed -n "s/^$1: //Ip" "$work/headers" | tr -d '\r'; }
is() { [ "$1" = "$2" ] || { printf 'expected: %s\ngot:      %s\n' "$1" "$2" && return 1; }; }
like() { [[ $1 =~ $2 ]] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1" && return 1; }; }

# runs STATUS COMMAND…: its output is in $work/out and $work/err.
runs() {
    local expected=$1 status=0
    shift
    timeout 120 "$@" >"$work/out" 2>"$work/err" || status=$?
    cat "$work/out" "$work/err" >>"$work/said"
    [ $status -eq "$expected" ] || { echo "exit $status:" && cat "$work/out" "$work/err" && return 1; }
}
says() { grep -qF -- "$1" "$work/out" || { echo "not said: $1" && cat "$work/out" "$work/err" && return 1; }; }
warns() { grep -qF -- "$1" "$work/err" || { echo "not said: $1" && cat "$work/out" "$work/err" && return 1; }; }
# Not in the very moment: what a worker has written into the database it logs a little later.
logged() { until_succeeds grep -qE -- "$1" "$workers_log" || { tail -n 20 "$workers_log" && return 1; }; }

# all COMMAND…: each a line of bash; every one has to succeed.
all() {
    local one
    for one in "$@"; do
        eval "$one" || { echo "this does not hold: $one" && return 1; }
    done
}
