#!/usr/bin/env bash
# The main job of s3cache from nothing, each step checked: thousands of real images become a table that stays true.
#
#   scripts/demo.sh    ends with 0 only if every check held; leaves nothing running and no file behind
#
# Needs Debian, for the images of its packages and for the server. It installs into a server of its own with
# `s3cache migrate`: that makes the same objects as CREATE EXTENSION, and puts no file into the system's PostgreSQL.
# S3CACHE_BINARY chooses the program (.build/release/s3cache); PG_CONFIG the server.
# shellcheck disable=SC2016  # commands are shown as one would type them
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath -m "${S3CACHE_BINARY:-.build/release/s3cache}")
packages=(gnome-icon-theme tango-icon-theme lxde-common)
steps=13
step=0
checks=0
began=$SECONDS

# ---------------------------------------------------------------- what is printed

green='' red='' bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    green=$'\e[32m' red=$'\e[31m' bold=$'\e[1m' plain=$'\e[0m'
fi

title() {
    step=$((step + 1))
    printf '\n%s%2d/%d  %s%s\n' "$bold" "$step" "$steps" "$1" "$plain"
}

say() { printf '       %s\n' "$@"; }

# The shell command or the statement that the next lines are about; further lines are continuations.
shown() {
    printf '     %s %s\n' "$1" "${2//$'\n'/$'\n'        }"
}

indented() { sed 's/^/       /'; }

# check WHAT ACTUAL EXPECTED: a line with a check mark if the two are equal; else that is the end.
check() {
    if [ "$2" != "$3" ]; then
        printf '     %s✗ %s%s\n         is       %s\n         expected %s\n' "$red" "$1" "$plain" "$2" "$3"
        give_up 'this check failed.'
    fi
    checks=$((checks + 1))
    printf '     %s✓%s %s\n' "$green" "$plain" "$1"
}

number() {
    local digits=$1 grouped=
    while [ ${#digits} -gt 3 ]; do
        grouped=,${digits: -3}$grouped
        digits=${digits:0:-3}
    done
    printf '%s' "$digits$grouped"
}

give_up() {
    printf 'demo: %s\n' "$@" >&2
    if [ -s "${work:-}/worker.log" ]; then
        echo 'demo: the end of the worker'"'"'s log:' >&2
        tail -n 20 "$work/worker.log" >&2
    fi
    exit 1
}

# ---------------------------------------------------------------- what must be there, what must go

[ -x "$program" ] || give_up "there is no program $program; \`make demo\` builds it"
[ -x "$("${PG_CONFIG:-pg_config}" --bindir 2>/dev/null)/initdb" ] || scripts/deps.sh demo
PATH=$("${PG_CONFIG:-pg_config}" --bindir):$PATH
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || give_up "there is no $tool here, and the images come from Debian packages"
done

# The demo's own server and directory, whatever the environment says of others.
for name in DATABASE_URL S3CACHE_DIRECTORY "${!PG@}"; do
    case $name in PG_*) ;; *) unset "$name" ;; esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-demo.XXXXXX")
chmod 0711 "$work"  # the server, which never runs as root, keeps its files below
store=$work/images
worker=
session=
clean_up() {
    if [ -n "$session" ]; then kill "$session" 2>/dev/null || true; fi
    if [ -n "$worker" ]; then
        kill -9 "$worker" 2>/dev/null || true
        wait "$worker" 2>/dev/null || true
    fi
    [ ! -d "$work/pg" ] || scripts/test-cluster.sh stop "$work/pg" || true
    rm -rf "$work"
}
trap 'trap "" INT TERM; clean_up' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What is left of the demo: the processes that name its directory, and that directory. Servers leave a moment late.
left_over() {
    local deadline=$((SECONDS + 5)) found
    # shellcheck disable=SC2062  # file names, not a pattern
    while found=$(grep -lsaF --file=- /proc/[0-9]*/cmdline /proc/[0-9]*/environ <<<"$work") && [ $SECONDS -lt $deadline ]; do
        sleep 0.05
    done
    [ ! -e "$work" ] || found+=" $work"
    printf '%s' "${found:-nothing}"
}

# ---------------------------------------------------------------- the database

# A session of `shop`, the role of an application that is a member of s3cache_admin.
database() { timeout --foreground 90 psql -XAt -F ' | ' -v ON_ERROR_STOP=1 -U shop -d demo "$@"; }

# The value of a query, for checks; not shown.
value() { database -qc "$1"; }

# Shows a statement, runs it, and shows its result, which stays in $result.
sql() {
    shown '=>' "$1"
    result=$(database -c "$1" 2>&1) || give_up "the statement failed: $result"
    indented <<<"$result"
}

# Shows how a job ends; leaves that in $state, and what the job found in $result. How long it took is left out: of all
# that the demo prints, only times differ from run to run.
wait_for_job() {
    local query="SELECT state, result - 'seconds' FROM s3cache.wait($1);"
    [ "${2:-}" != failure ] || query="SELECT state, error FROM s3cache.wait($1);"
    shown '=>' "$query"
    result=$(database -qc "$query" 2>&1) || give_up "the statement failed: $result"
    fold -s -w 73 <<<"$result" | sed 's/ *$//' | indented
    state=${result%% *}
    result=${result#* | }
}

# counts LISTED ADDED UPDATED REMOVED: the last rebuild ended well and says exactly this.
counts() {
    local name said=$state
    for name in listed added updated removed; do
        said+=", $(sed -n "s/.*\"$name\": \([0-9]*\).*/\1/p" <<<"$result") $name"
    done
    check "$(number "$1") listed, $(number "$2") added, $3 updated, $4 removed: as the files say" \
        "$said" "done, $1 listed, $2 added, $3 updated, $4 removed"
}

# Polls a query until it gives what is wanted, for at most 20 seconds; gives what it gave last.
eventually() {
    local deadline=$((SECONDS + 20)) seen
    while seen=$(value "$1") && [ "$seen" != "$2" ] && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
    printf '%s' "$seen"
}

# ---------------------------------------------------------------- the file system, which the table is checked against

files() { find "$store${1:+/$1}" -type f | wc -l; }

# Name and size of every file, and of every row.
directory_contents() { find "$store" -type f -printf '%P\t%s\n' | LC_ALL=C sort | sha256sum; }
table_contents() {
    database -q -F $'\t' -c "SELECT filename, size FROM s3_image_cache WHERE state = 'present' ORDER BY filename" |
        LC_ALL=C sort | sha256sum
}
# Every column of every row.
whole_table() { value 'SELECT o FROM s3_image_cache AS o ORDER BY id' | sha256sum; }

check_table_is_directory() {
    check "table = directory: every name, every size ($(number "$(files)") files)" "$(table_contents)" "$(directory_contents)"
}

start_worker() {
    PGUSER=hands PGDATABASE=demo S3CACHE_DIRECTORY=$store "$program" worker "$@" 2>>"$work/worker.log" &
    worker=$!
}

# ---------------------------------------------------------------- the demo

printf '%ss3cache %s: a directory of images as a PostgreSQL table that stays true%s\n' "$bold" "$("$program" --version)" "$plain"

title 'Real images, from three Debian packages'
shown '$' "apt-get download ${packages[*]}"
mkdir -p "$work/packages/unpacked" "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$store"
download() {
    (cd "$work/packages" && timeout --foreground 120 apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=2 \
        -o Acquire::http::Timeout=20 -o Dir::Cache="$work/apt/cache" "$@" download "${packages[@]}")
}
# Where the system has no package lists, some are fetched for this once, without touching the system's.
fresh_lists() {
    timeout --foreground 120 apt-get -qq -o APT::Sandbox::User=root -o Dir::State::lists="$work/apt/lists" \
        -o Dir::Cache="$work/apt/cache" update
}
if ! download >"$work/apt.log" 2>&1; then
    fresh_lists >>"$work/apt.log" 2>&1 || true
    download -o Dir::State::lists="$work/apt/lists" >>"$work/apt.log" 2>&1 || {
        tail -n 5 "$work/apt.log" >&2
        give_up "apt cannot download ${packages[*]}, where the images come from." \
            'It needs a network and a Debian (or Ubuntu) mirror in its sources; nothing was left behind.'
    }
fi
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/packages/unpacked"; done
# Regular files only: these packages also hold thousands of links.
(cd "$work/packages/unpacked/usr/share/icons" && find gnome Tango -type f -name '*.png' -print0 |
    xargs -0 cp --parents -t "$store")
mv "$store/Tango" "$store/tango"
photos=$work/packages/unpacked/usr/share/lxde/wallpapers
cp "$photos/lxde_red.jpg" "$store/14000.jpg"
cp "$photos/lxde_blue.jpg" "$store/obsolete-file.jpg"
first=$(files)
images=$(find "$store" -type f -exec head -qc 4 {} + | LC_ALL=C grep -aoE $'\x89PNG|\xff\xd8\xff' | wc -l)
say "$(number "$first") files, $(du -sh --apparent-size "$store" | cut -f 1)B, $(find "$store" -type d | wc -l) folders: $(
    cd "$store" && find gnome/16x16/apps tango/16x16/apps -name '*-browser.png' | LC_ALL=C sort | head -n 1), …"
check "2,000 or more, and each of them a PNG or a JPEG" "$((first >= 2000)), $images" "1, $first"

title 'A PostgreSQL server of its own, and s3cache in it'
scripts/test-cluster.sh start "$work/pg"
eval "$(scripts/test-cluster.sh env "$work/pg")"
timeout 30 createdb --template template0 --encoding UTF8 demo
shown '$' 's3cache migrate'
PGDATABASE=demo timeout 60 "$program" migrate | indented
roles='CREATE ROLE shop LOGIN IN ROLE s3cache_admin;
CREATE ROLE hands LOGIN IN ROLE s3cache_worker;'
shown '=>' "$roles"
timeout 30 psql -Xq -v ON_ERROR_STOP=1 -d demo -c "$roles"
check 'the table is there, and empty' "$(value 'SELECT count(*) FROM s3_image_cache')" 0

title 'Added without a worker, looked for when one comes'
sql "SELECT add_file_to_s3_cache('14000.jpg');"
sql "SELECT filename, state FROM s3_image_cache WHERE filename = '14000.jpg';"
check 'at once a row, not verified yet' "$result" '14000.jpg | unverified'
shown '$' "S3CACHE_DIRECTORY=images s3cache worker --lease 2 &"
start_worker --lease 2
check 'the worker found the file, unasked' \
    "$(eventually "SELECT state, size FROM s3_image_cache WHERE filename = '14000.jpg'" \
        "present | $(stat -c %s "$store/14000.jpg")")" "present | $(stat -c %s "$store/14000.jpg")"

title 'The first rebuild'
sql 'SELECT rebuild_s3_cache();'
wait_for_job "$result"
counts "$first" $((first - 1)) 0 0
sql 'SELECT COUNT(*) FROM s3_image_cache;'
check 'as many rows as files' "$result" "$first"
check_table_is_directory
shown '=>' "SELECT * FROM s3_image_cache WHERE filename = '14000.jpg';"
database -xc "SELECT * FROM s3_image_cache WHERE filename = '14000.jpg';" | indented

title 'Rows inserted by hand'
shown '$' 'cp … images/file1.jpg; cp … images/file2.jpg'
cp "$photos/lxde_green.jpg" "$store/file1.jpg"
cp "$photos/lxde_blue.jpg" "$store/file2.jpg"
insert="INSERT INTO s3_image_cache (filename)
VALUES ('file1.jpg'), ('file2.jpg') ON CONFLICT (filename) DO NOTHING;"
sql "$insert"
check 'both are new' "$result" 'INSERT 0 2'
sql "$insert"
check 'a second time changes nothing' "$result" 'INSERT 0 0'
sizes="$(stat -c %s "$store/file1.jpg") $(stat -c %s "$store/file2.jpg")"
check 'the worker looked at them, unasked: present, with their sizes' \
    "$(eventually "SELECT string_agg(size::text, ' ' ORDER BY filename) FROM s3_image_cache
        WHERE filename IN ('file1.jpg', 'file2.jpg') AND state = 'present'" "$sizes")" "$sizes"
sql "SELECT add_file_to_s3_cache('no-such-image.jpg');"
check 'a name that is not in the store becomes missing, unasked' \
    "$(eventually "SELECT state FROM s3_image_cache WHERE filename = 'no-such-image.jpg'" missing)" missing

title 'Looked up in another case'
sql "SELECT get_s3_image_filename('14000.JPG');"
check 'the stored spelling' "$result" 14000.jpg
sql "SELECT get_s3_image_filename('no-such-image.jpg') IS NULL;"
check 'nothing for what is missing' "$result" t

title 'Forgotten, but not deleted'
sql "DELETE FROM s3_image_cache WHERE filename = 'obsolete-file.jpg';"
check 'the row is gone' "$result" 'DELETE 1'
check 'the file is still there' "$(find "$store/obsolete-file.jpg" -size +0 | wc -l)" 1
sql 'TRUNCATE TABLE s3_image_cache;'
sql 'SELECT COUNT(*) FROM s3_image_cache;'
check 'no row is left, and every file' "$result, $(files)" "0, $((first + 2))"
sql 'SELECT rebuild_s3_cache();'
wait_for_job "$result"
counts $((first + 2)) $((first + 2)) 0 0
check_table_is_directory

title 'The directory changes behind the table'
shown '$' 'mkdir images/new; cp images/tango/22x22/actions/* images/new/'
mkdir "$store/new" && cp "$store"/tango/22x22/actions/* "$store/new/"
added=$(files new)
shown '$' 'rm -r images/gnome/16x16/emotes'
removed=$(files gnome/16x16/emotes)
rm -r "$store/gnome/16x16/emotes"
shown '$' 'for f in images/tango/32x32/places/*; do cp images/14000.jpg $f; done'
updated=$(files tango/32x32/places)
for file in "$store"/tango/32x32/places/*; do cp "$store/14000.jpg" "$file"; done
sql 'SELECT rebuild_s3_cache();'
wait_for_job "$result"
counts "$(files)" "$added" "$updated" "$removed"
check_table_is_directory

title 'Only a part of it'
shown '$' 'cd images; cp 14000.jpg gnome/a.jpg; cp 14000.jpg tango/a.jpg'
cp "$store/14000.jpg" "$store/tango/a.jpg" && cp "$store/14000.jpg" "$store/gnome/a.jpg"
sql "SELECT s3cache.rebuild(prefix => 'tango/');"
wait_for_job "$result"
counts "$(files tango)" 1 0 0
sql 'SELECT s3cache.rebuild(dry_run => true);'
wait_for_job "$result"
sql 'SELECT filename, problem FROM s3cache.orphan;'
check 'what the table lacks is told, not written' \
    "$result, $(value 'SELECT count(*) FROM s3_image_cache') rows" "gnome/a.jpg | no row, $(($(files) - 1)) rows"

title 'When the directory is not what it was'
before=$(whole_table)
shown '$' 'mv images elsewhere'
mv "$store" "$work/elsewhere"
sql 'SELECT rebuild_s3_cache();'
wait_for_job "$result" failure
check 'the rebuild failed, and says why' "$state: ${result//$store/images}" \
    'failed: The directory "images" does not exist; create it or set S3CACHE_DIRECTORY to the one that holds the objects.'
shown '$' 'mkdir images'
mkdir "$store"
sql 'SELECT rebuild_s3_cache();'
wait_for_job "$result" failure
check 'an empty one is not believed either' "$state: ${result%% so it changed nothing*}" \
    "failed: The rebuild would remove $(value 'SELECT count(*) FROM s3_image_cache') of $(
        value 'SELECT count(*) FROM s3_image_cache') rows of s3_image_cache, more than its max_delete_fraction allows,"
check 'the table is unchanged, in every column of every row' "$(whole_table)" "$before"
shown '$' 'rmdir images; mv elsewhere images'
rmdir "$store" && mv "$work/elsewhere" "$store"

title 'kill -9 in the middle of a rebuild'
cp "$photos/lxde_green.jpg" "$store/14000.jpg"
say 'An open transaction holds a row that the rebuild has to write, which' \
    'lets it get half way and no further.'
coproc OPEN { exec timeout --foreground 60 psql -XAtq -U shop -d demo 2>&1; }
session=$OPEN_PID
exec {from_session}<&"${OPEN[0]}" {to_session}>&"${OPEN[1]}"
holding="BEGIN; DELETE FROM s3_image_cache WHERE filename = '14000.jpg';"
shown '=>' "$holding"
printf '%s\n\\echo held\n' "$holding" >&"$to_session"
held=
read -r -t 20 held <&"$from_session" || true
[ "$held" = held ] || give_up "the session that was to hold a row said: ${held:-nothing}"
sql 'SELECT rebuild_s3_cache();'
job=$result
check 'the rebuild runs' "$(eventually "SELECT state FROM s3cache.jobs WHERE id = $job" running)" running
deadline=$((SECONDS + 20))
until grep -q 'waits for another session' "$work/worker.log"; do
    [ $SECONDS -lt $deadline ] || give_up 'the rebuild has not come to the held row'
    sleep 0.05
done
shown '$' 'kill -9 %worker; s3cache worker --lease 2 &'
kill -9 "$worker"
wait "$worker" 2>/dev/null || true
check 'and is half done when its worker is killed' \
    "$(value "SELECT state, finished_at IS NULL FROM s3cache.jobs WHERE id = $job")" 'running | t'
start_worker --lease 2
shown '=>' 'ROLLBACK;'
printf 'ROLLBACK;\n\\q\n' >&"$to_session"
exec {to_session}>&- {from_session}<&-
wait "$session" 2>/dev/null || true
session=
wait_for_job "$job"
counts "$(files)" 1 1 0
check 'the first worker counts as dead, the second has done it' \
    "$(value "SELECT string_agg(state, ', ' ORDER BY id) FROM (SELECT id, CASE state WHEN 'busy' THEN 'idle' ELSE state END
        AS state FROM s3cache.workers) AS w")" 'dead, idle'
check_table_is_directory

title 'What s3cache knows of itself'
sql "SELECT id, kind, state, done, result->'error'->>'code' AS code
FROM s3cache.jobs ORDER BY id;"
shown '$' 's3cache stats'
PGUSER=shop PGDATABASE=demo timeout --foreground 30 "$program" stats | indented
sql 'SELECT state, running, lease FROM s3cache.workers ORDER BY id;'
check 'every job has ended, two of them failed as they had to' \
    "$(value "SELECT count(*) FILTER (WHERE finished_at IS NULL), count(*) FILTER (WHERE state = 'failed'),
        count(*) FILTER (WHERE kind = 'rebuild') FROM s3cache.jobs")" '0 | 2 | 8'

title 'The end'
shown '$' 'kill -TERM %worker'
kill -TERM "$worker"
timeout 20 tail --pid="$worker" -s 0.1 -f /dev/null || kill -9 "$worker"
status=0
wait "$worker" || status=$?
worker=
check 'the worker drains and exits with 0' "$status" 0
check 'and has left the list of workers' "$(value "SELECT count(*) FROM s3cache.workers WHERE state <> 'dead'")" 0
clean_up
unset PGHOST
check 'nothing runs any more, and no file is left' "$(left_over)" nothing

printf '\n%sAll %d checks held%s, in %d s.\n' "$green" "$checks" "$plain" $((SECONDS - began))
