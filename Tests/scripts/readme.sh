#!/usr/bin/env bash
# Executes what README.md and the guides in docs/ show, and compares what comes out with what they say.
#
#   Tests/scripts/readme.sh [FILE…]       FILE is README.md or a guide; all of them by default
#   Tests/scripts/readme.sh --settings    print the table of settings for docs/operations.md
#
# The convention. Fenced blocks run in order; each file has a server, a directory and a shell of its own.
#   ```sh      run by bash. `make`, `sudo make` and `cd s3cache` only say that the target, the repository, exists.
#   ```sql     run by psql. A comment `--> …` at the end of a line is the statement's result, as psql -At prints it,
#              of an error its first line.
#   ```text    directly after one of these: what it prints on stdout, without blanks at line ends.
# In results `…` stands for anything. Blocks in other languages, and text on its own, are not run.
# Where a block says https://s3.example.com, YOUR-ACCESS-KEY or YOUR-SECRET-KEY, it runs with the S3 server that
# scripts/test.sh starts, or scripts/test-s3.sh by hand; without one the document fails. `aws s3 mb` makes a new bucket there.
# S3CACHE_BINARY chooses the program (.build/debug/s3cache), S3CACHE_VENV the Python that has boto3 (.build/venv). The
# extension must be installed; PG_CONFIG says where.
# shellcheck disable=SC2001,SC2016,SC2030,SC2031  # sed is plainer; backquotes are Markdown; a subshell counts for itself
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
repository=$PWD

program=$(realpath -m "${S3CACHE_BINARY:-.build/debug/s3cache}")
python=$(realpath -ms "${S3CACHE_VENV:-.build/venv}")/bin/python
placeholders='https://s3\.example\.com|YOUR-(ACCESS|SECRET)-KEY'
PATH=$("${PG_CONFIG:-pg_config}" --bindir):$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-readme.XXXXXX")
chmod 0711 "$work"
stop_servers() {
    local server
    for server in "$work"/pg.*; do [ ! -d "$server" ] || "$repository/scripts/test-cluster.sh" stop "$server"; done
}
trap 'cd /; stop_servers; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for name in DATABASE_URL DRY_RUN S3CACHE_DIRECTORY "${!S3CACHE_ALLOWED_@}" "${!PG@}" "${!AWS_@}" "${!S3_@}"; do
    case $name in PG_*) ;; *) unset "$name" ;; esac
done
mkdir "$work/bin"
ln -s "$program" "$work/bin/s3cache"
PATH=$work/bin:$PATH

# use_server NAME: a new one, and the variables that lead to it.
use_server() {
    "$repository/scripts/test-cluster.sh" start "$work/pg.$1" && eval "$("$repository/scripts/test-cluster.sh" env "$work/pg.$1")"
}

failures=0
report() { # NAME STATUS [OUTPUT]
    if [ "$2" -eq 0 ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        sed 's/^/#   /' <<<"${3:-}"
        failures=$((failures + 1))
    fi
}

# blocks FILE DIR: writes each block to DIR/NNN.LANGUAGE, NNN being its first line's number; a text that directly
# follows a block to run is DIR/NNN.expected of that one.
blocks() {
    mkdir -p "$2"
    awk -v dir="$2" '
        !inside && /^```/ {
            inside = 1
            language = substr($0, 4)
            name = sprintf("%04d", NR + 1)
            file = dir "/" name "." language
            if (language == "text" && runnable != "" && !between) file = dir "/" runnable ".expected"
            runnable = (language == "sh" || language == "sql") ? name : ""
            printf "" >file
            next
        }
        inside && /^```/ { inside = 0; between = 0; close(file); next }
        inside { print >file; next }
        /[^ ]/ { between = 1 }' "$1"
}

# Whether a text is what a pattern with … says, blanks at line ends aside.
matches() {
    local text pattern
    text=$(sed 's/[[:space:]]*$//' <<<"$1")
    pattern=$(sed 's/[[:space:]]*$//; s/[][*?\\()|+@!]/\\&/g; s/…/*/g' <<<"$2")
    # shellcheck disable=SC2053  # a pattern
    [[ $text == $pattern ]]
}

# Runs a sql block and checks each line that ends a statement against its --> comment.
run_sql_lines() {
    local file=$1 number line got said expected status=0
    awk '{ print; if (/;[ \t]*(--.*)?$/ || /\\gset/) print "\\echo @@" NR }' "$file" |
        timeout 60 psql -X -A -t -P pager=off >"$work/lines" 2>&1
    while IFS= read -r line; do
        number=${line%%:*} line=${line#*:}
        got=$(awk -v mark="@@$number" '/^@@[0-9]+$/ { if ($0 == mark) { printf "%s", said; exit } said = ""; next } { said = said $0 "\n" }' \
            "$work/lines")
        said=$(sed 's/^\(ERROR\|FATAL\):  */\1: /' <<<"$got")
        if [[ $line == *'-->'* ]]; then
            expected=$(sed 's/.*--> *//' <<<"$line")
            [[ $expected != ERROR* ]] || said=${said%%$'\n'*}
            matches "$said" "$expected" || { printf '%s\nis:       %s\nexpected: %s\n' "$line" "$said" "$expected"; status=1; }
        elif [[ $said == ERROR:* || $said == *$'\n'ERROR:* ]]; then
            printf '%s\n%s\n' "$line" "$said"
            status=1
        fi
    done < <(grep -nE ';[ \t]*(--.*)?$|\\gset' "$file")
    return $status
}

run_block() { # FILE, in the shell of its document
    local file=$1 expected=${1%.*}.expected status=0 output
    case $file in
        *.sh)
            # Not in a subshell: what a block exports or starts in the background is there for the next.
            trap 'status=1; echo "failed: $BASH_COMMAND" >&2' ERR
            # shellcheck disable=SC1090
            . "$file" >"$file.out" 2>"$file.err" </dev/null
            trap - ERR
            output=$(<"$file.out")
            [ $status -eq 0 ] || output+=$'\n'$(<"$file.err")
            ;;
        *.sql)
            if grep -q -- '-->' "$file"; then
                output=$(run_sql_lines "$file") || status=$?
            else
                output=$(timeout 60 psql -X -P pager=off -v ON_ERROR_STOP=1 -f "$file" 2>&1) || status=$?
            fi
            ;;
    esac
    if [ $status -eq 0 ] && [ -e "$expected" ] && ! matches "$output" "$(<"$expected")"; then
        output=$(diff -u "$expected" <(echo "$output"))
        status=1
    fi
    report "$(basename "$document"), line $((10#$(basename "${file%.*}")))" $status "$output"
}

# Puts the server that runs for the tests where the blocks of a document have placeholders; fails where none runs.
place_s3_server() { # DOCUMENT DIR
    local files
    files=$(grep -rlE "$placeholders" "$2") || return 0
    if [ -z "${S3CACHE_TEST_RGW_ENDPOINT:-}" ]; then
        report "$1" 1 "$(printf '%s\n' 'Its blocks need an S3 server, and S3CACHE_TEST_RGW_ENDPOINT is not set: run scripts/test.sh --filter readme,' \
            "or: scripts/test-s3.sh start DIR && eval \"\$(scripts/test-s3.sh env DIR)\"")"
        return 1
    fi
    # shellcheck disable=SC2086  # file names of ours
    sed -i "s|https://s3\.example\.com|$S3CACHE_TEST_RGW_ENDPOINT|g
        s|YOUR-ACCESS-KEY|$S3CACHE_TEST_RGW_ACCESS_KEY|g; s|YOUR-SECRET-KEY|$S3CACHE_TEST_RGW_SECRET_KEY|g" $files
}

# make_bucket NAME: an empty one, whatever an earlier run has left.
make_bucket() {
    "$python" - "$1" "$S3CACHE_TEST_RGW_ENDPOINT" "$S3CACHE_TEST_RGW_ACCESS_KEY" "$S3CACHE_TEST_RGW_SECRET_KEY" <<'PYTHON'
import sys, boto3
name, endpoint, key, secret = sys.argv[1:]
bucket = boto3.resource("s3", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret,
                        region_name="us-east-1").Bucket(name)
bucket.create()
bucket.objects.all().delete()
PYTHON
}

run_document() {
    local document=$1 dir file processes
    use_server "$(basename "$document")" || return 1
    dir=$work/$(tr '/' '_' <<<"$document")
    blocks "$document" "$dir"
    place_s3_server "$document" "$dir" || return 1
    mkdir "$dir/cwd" && cd "$dir/cwd" || return 1
    ln -s "$repository" s3cache
    # shellcheck disable=SC2317,SC2329  # called by the blocks
    make() {
        local word
        for word; do
            case $word in
                -* | *=*) ;;
                *) grep -q "^$word:" "$repository/Makefile" || { echo "make: there is no target $word"; return 1; } ;;
            esac
        done
    }
    # shellcheck disable=SC2317,SC2329
    sudo() { "$@"; }
    # shellcheck disable=SC2317,SC2329
    aws() {
        [[ "$*" == 's3 mb s3://'* ]] || { echo "aws: only 's3 mb' is known here"; return 1; }
        make_bucket "${3#s3://}"
    }
    # shellcheck disable=SC2317,SC2329
    cd() { [ "$1" = s3cache ] || builtin cd "$@" || return; }
    set -E
    for file in "$dir"/[0-9]*.sh "$dir"/[0-9]*.sql; do [ -e "$file" ] && echo "$file"; done | sort >"$dir/order"
    while read -r file; do run_block "$file"; done <"$dir/order"
    processes=$(jobs -p)
    # shellcheck disable=SC2086  # process ids
    [ -z "$processes" ] || kill $processes 2>/dev/null
    wait
    return $((failures > 0))
}

# ---------------------------------------------------------------- what can be checked without running it

# The settings as a table. Which of them anything heeds already is known here and nowhere else.
settings_table() {
    createdb settings 2>/dev/null && psql -Xqd settings -c 'CREATE EXTENSION s3cache'
    echo '| Setting | Takes | Default | Meaning | Heeded |'
    echo '|---|---|---|---|---|'
    psql -XAtd settings -c "
        SELECT format('| \`%s\` | %s | %s | %s | %s |', name, accepted,
            coalesce('\`' || nullif(default_value, '') || '\`', CASE default_value WHEN '' THEN 'empty' ELSE 'none' END),
            description, CASE WHEN name IN ('bucket', 'prefix', 'endpoint', 'region', 'addressing', 'credentials',
                'cdn_url', 'access', 'acl', 'cache_control', 'storage_class', 'default_image', 'presign_ttl', 'presign_margin',
                'presign_reuse', 'presign_mode', 'versioned_urls', 'max_bytes', 'max_delete_fraction',
                'rebuild_every', 'notify_hints', 'hint_interval', 'paused', 'max_pixels', 'allowed_types', 'if_exists',
                'environment') THEN 'yes' ELSE 'not yet' END)
        FROM s3cache.setting"
}

# What stands in a file between <!-- NAME --> and <!-- /NAME -->.
section() { sed -n "/^<!-- $2 -->\$/,/^<!-- \/$2 -->\$/ { /^<!--/d; /^\$/d; p }" "$1"; }

check_settings() {
    report 'operations.md: the table of settings is what s3cache.setting says' \
        "$(diff <(settings_table) <(section docs/operations.md settings) >"$work/diff" && echo 0 || echo 1)" "$(<"$work/diff")"
}

# README lists what is declared and raises feature_not_supported, all of it and nothing else.
check_planned() {
    local declared
    declared=$(psql -XAtd settings -c "SELECT DISTINCT format('%s()', proname) FROM pg_proc
        WHERE pronamespace = 's3cache'::regnamespace AND prosrc LIKE '%is not supported yet by this version%'
            AND proname <> 'refuse_argument'" | LC_ALL=C sort)
    report 'README.md: what it lists as planned is what raises "not supported yet"' \
        "$(diff <(section README.md planned | grep -oE '[a-z_]+\(\)' | LC_ALL=C sort) <(printf '%s' "${declared:+$declared$'\n'}") >"$work/diff" && echo 0 || echo 1)" \
        "$(<"$work/diff")"
}

# Every code that a job's error can have is explained.
check_codes() {
    local codes
    codes=$({
        cat Sources/Core/Objects/StoreError.swift Sources/Core/Inventory/InventoryError.swift \
            Sources/Core/Images/ContentError.swift Sources/Core/Fetch/DownloadError.swift | sed -n '/enum Code/,/^    }/p' |
            sed -nE 's/^ *case ([a-z]+)$/\1/p; s/^ *case [A-Za-z]+ = "([a-z_]+)"$/\1/p'
        grep -rhoE 'code: "[a-z_]+"' Sources/Core Sources/Worker Sources/Adapters | sed 's/.*"\(.*\)"/\1/'
        grep -rhoE '"code": "[a-z_]+"' sql/code | sed 's/.*"\(.*\)"/\1/'
    } | LC_ALL=C sort -u)
    report 'operations.md: every error code is explained, and no other' \
        "$(diff <(section docs/operations.md codes | sed -n 's/^| `\([a-z_]*\)`.*/\1/p' | LC_ALL=C sort -u) <(echo "$codes") >"$work/diff" && echo 0 || echo 1)" \
        "$(<"$work/diff")"
}

check_links() {
    local file link
    for file; do
        while read -r link; do
            [[ $link == http* ]] || [ -e "$(dirname "$file")/$link" ] || echo "$file: $link"
        done < <(grep -oE '\]\([^)#:]+' "$file" | sed 's/](//')
    done >"$work/links"
    report 'links between the documents lead somewhere' "$([ -s "$work/links" ] && echo 1 || echo 0)" "$(<"$work/links")"
}

# ---------------------------------------------------------------- all of it

if [ "${1:-}" = --settings ]; then
    use_server checks || exit 1
    settings_table
    exit
fi
documents=("$@")
[ $# -gt 0 ] || documents=(README.md docs/*.md)
for document in "${documents[@]}"; do
    # Not as a condition: bash would not tell of failing commands inside.
    (
        failures=0
        run_document "$document"
    )
    failures=$((failures + $?))
    stop_servers
done
if [ $# -eq 0 ]; then
    use_server checks || exit 1
    check_settings
    check_planned
    check_codes
    check_links README.md CHANGELOG.md CONTRIBUTING.md docs/*.md docs/decisions/*.md
fi
[ "$failures" -eq 0 ]
