#!/usr/bin/env bash
# Objects go through a worker in pieces, and leave nothing behind in its memory, whatever their sizes: on Ceph RGW. Needs the PG* and
# S3CACHE_TEST_RGW_* variables that scripts/test.sh sets.
#
# S3CACHE_MEMORY_BYTES is the size of the large objects (47000000).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
large=${S3CACHE_MEMORY_BYTES:-47000000}
worker='' server=''
# shellcheck disable=SC2317  # called by the trap
leave_all() {
    local one
    for one in "$worker" "$server"; do [ -z "$one" ] || { kill "$one" && wait "$one"; } 2>>"$work/kill.log"; done
    leave
}
trap leave_all EXIT

export AWS_ENDPOINT_URL=${S3CACHE_TEST_RGW_ENDPOINT:?} AWS_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_ACCESS_KEY:?}
export AWS_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_SECRET_KEY:?} AWS_REGION=us-east-1 S3_BUCKET=memory-$tag PGDATABASE=${tag}_memory
export PYTHONDONTWRITEBYTECODE=1
new_database "$PGDATABASE" && "$sqlbundle" migration --sql sql --schema public | sql "$PGDATABASE" -o "$work/migration" || exit 1
PYTHONPATH=Tests/Support "$python" -c "import hostile_uploads; hostile_uploads.bucket().create_bucket(Bucket='$S3_BUCKET')" || exit 1
mkdir "$work/root"
head -c "$large" /dev/urandom >"$work/root/large"
head -c 20000000 /dev/urandom >"$work/root/download"
"$python" -u -c "
import http.server, os
os.chdir('$work/root')
server = http.server.ThreadingHTTPServer(('127.0.0.7', 0), http.server.SimpleHTTPRequestHandler)
open('$work/port.new', 'w').write(str(server.server_port))
os.rename('$work/port.new', '$work/port')
server.serve_forever()" 2>"$work/server.log" &
server=$!
until [ -s "$work/port" ]; do kill -0 "$server" || exit 1; sleep 0.05; done
port=$(cat "$work/port")
S3CACHE_FILE_ROOTS=$work/root S3CACHE_FETCH_HTTP=on S3CACHE_FETCH_PORTS="80, $port" S3CACHE_FETCH_NETWORKS=127.0.0.7/32 TMPDIR=$work \
    "$program" worker --concurrency 8 --log-level error 2>"$work/worker.log" &
worker=$!

# In KiB: what the process has in memory now, and at most since told.
resident() { awk '/^VmRSS:/ { print $2 }' "/proc/$worker/status"; }
highest() { awk '/^VmHWM:/ { print $2 }' "/proc/$worker/status"; }
from_now() { echo 5 >"/proc/$worker/clear_refs"; }

# done_all QUERY: each job that it enqueues ends well.
done_all() {
    sql "$PGDATABASE" -c "$1" >"$work/jobs" || return 1
    local job state
    while read -r job; do
        state=$(sql "$PGDATABASE" -c "select state || coalesce(': ' || error, '') from s3cache.wait($job, '100 s')") || return 1
        [ "$state" = done ] || { echo "$job: $state" && return 1; }
    done <"$work/jobs"
}
# at_most KIB COMMAND: it gives no more within half a minute.
at_most() {
    local deadline=$((SECONDS + 30)) now
    until now=$("$2") && [ "$now" -le "$1" ]; do
        if [ $SECONDS -ge $deadline ]; then
            echo "$now KiB, and not at most $1; the largest mappings:"
            awk '/^[0-9a-f]+-/ { name = $1 " " $6 } /^Rss:/ { print $2, name }' "/proc/$worker/smaps" | sort -rn | head -n 20
            return 1
        fi
        sleep 0.5
    done
    echo "# $2: $now KiB of $1" >&3
}
exec 3>&1

content() { echo "decode(repeat(md5(g::text), $1 / 16), 'hex')"; }
sql "$PGDATABASE" -o "$work/configured" -c "select s3cache.configure(max_bytes => 52428800, allowed_types => '{text,other}')"
prove 'a worker stores and reads something small' done_all "select s3cache.upload('small-' || g, $(content 10000)) from generate_series(1, 20) g"
prove 'and again' done_all "select s3cache.read('small-' || g) from generate_series(1, 20) g"
# What was freed is given back two seconds after the last job: waits until memory has not fallen for longer than that, and begins to look for
# the most anew.
settle() {
    local least now looks=0 deadline=$((SECONDS + 60))
    least=$(resident)
    while [ $looks -lt 8 ] && [ $SECONDS -lt $deadline ]; do
        sleep 0.5
        now=$(resident)
        if [ "$now" -lt $((least - 64)) ]; then
            least=$now looks=0
        else
            looks=$((looks + 1))
        fi
    done
    from_now && echo "# now: $(resident) KiB"
}
settle
before=$(resident)

prove 'large files are stored, several at once' done_all "select s3cache.upload_file('large-' || g, 'large') from generate_series(1, 5) g"
# Four parts of each are on their way.
prove 'by pieces' at_most $((before + 5 * 21 * 1024)) highest
settle
settled=$(resident)
prove 'five of them are read at once' done_all "select s3cache.read('large-' || g) from generate_series(1, 5) g"
# What they reserve; the whole objects would be ten times as much.
prove 'in no more memory than five times 4 MiB' at_most $((settled + 5 * 4 * 1024)) highest
whole() { answers "$PGDATABASE" "$(sha256sum "$work/root/large" | cut -d ' ' -f 1)" "select distinct encode(sha256(s3cache.content(j.id)), 'hex') from s3cache.jobs j where j.kind = 'read' and j.result ->> 'filename' ^@ 'large-'"; }
prove 'as they are' whole
prove 'what was read lies in pieces of 256 KiB at most' answers "$PGDATABASE" t 'select max(octet_length(content)) <= 262144 from s3cache.kept_content'
prove 'an object is streamed out' eval "timeout 100 $program get large-1 | sha256sum | same - <(sha256sum - <'$work/root/large')"

for size in 100000 1000000 3000000 4194304 9000000; do
    prove "objects of $size bytes are stored" done_all "select s3cache.upload('sized-$size-' || g, $(content "$size")) from generate_series(1, greatest(1, 20000000 / $size)) g"
    prove "and read" done_all "select s3cache.read('sized-$size-' || g) from generate_series(1, greatest(1, 20000000 / $size)) g"
done
prove 'objects are fetched' done_all "select s3cache.fetch('http://127.0.0.7:$port/download?' || g, 'fetched-' || g) from generate_series(1, 3) g"
prove 'and renamed' done_all "select s3cache.rename_object('fetched-' || g, 'renamed-' || g) from generate_series(1, 3) g"
# Of each job next to nothing may stay: 4 KiB would be too much.
many() {
    sql "$PGDATABASE" -o "$work/many" -c "select s3cache.read('nothing-' || g) from generate_series(1, 4000) g" || return 1
    local deadline=$((SECONDS + 100))
    until same <(echo 4000) <(sql "$PGDATABASE" -c "select count(*) from s3cache.job_history where kind = 'read' and state = 'done' and args ->> 'filename' ^@ 'nothing-'") >"$work/left"; do
        [ $SECONDS -lt $deadline ] || { cat "$work/left" && return 1; }
        sleep 0.5
    done
}
prove '4,000 jobs find nothing' many
settle
# A third of one of the large objects, and less than the twentieth part of what has gone through: room for three connections to the database, of up
# to 1 MiB each, and for what a program sets up when it first uses something. A user who stores images all day finds an idle worker as small as a new one.
prove 'after some 600 MB in 4,500 jobs an idle worker has hardly more memory than before' at_most $((before + 16 * 1024)) resident
prove 'having nothing to complain of' same /dev/null "$work/worker.log"
finish
