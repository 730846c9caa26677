#!/usr/bin/env bash
# Commands on a real terminal, 80 and 200 columns wide: one bar that redraws itself and leaves nothing behind, interrupts, and going on afterwards.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_terminal
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
export PGDATABASE=$db S3CACHE_DIRECTORY=$work/store LC_ALL=C.UTF-8
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 S3_BUCKET TMUX
program=$(realpath "$program")
mkdir -p "$work/store" "$work/files/cache/media/images" "$work/files/many"
cd "$work/files" || exit 1

terminal() { timeout 60 tmux -L "$tag" -f /dev/null "$@"; }
worker=
holder=
end() {
    terminal kill-server 2>/dev/null
    [ -z "$worker" ] || { kill "$worker" && wait "$worker"; }
    leave
}
trap end EXIT
# opens COLUMNS: a terminal of its own, in which a shell waits.
opens() {
    terminal new-session -d -s "w$1" -x "$1" -y 50 "env PS1='> ' PATH='$(dirname "$program"):$PATH' bash --norc --noprofile"
    window=w$1
}
# runs COMMAND: on a clean screen; its exit status comes under a number of its own.
run=0
runs() {
    run=$((run + 1))
    terminal send-keys -t "$window" "clear; $1; echo status-$run \$?" Enter
}
interrupts() { terminal send-keys -t "$window" C-c; }
screen() { terminal capture-pane -p -t "$window"; }
scrolled() { terminal capture-pane -p -S - -t "$window"; }
eventually() {
    for _ in $(seq 600); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    "$@" || { screen | grep . && return 1; }
}
shows() { scrolled | grep -qE -- "$1"; }
# The line that redraws itself is the last one, stands there once, and leaves room for the ^C of an interrupt.
one_bar() {
    local width line
    width=$(terminal display-message -p -t "$window" '#{pane_width}')
    line=$(screen | grep -E -- "$1") && [ "$line" = "$(screen | grep . | tail -n 1)" ] && [ ${#line} -le $((width - 3)) ]
}
no_bar() { ! scrolled | grep -E -- '^[0-9,]+ of [0-9,]+ (rows|files)|^(rebuild|verify|get) |\[#*-*\]'; }
# The shell's next line begins where it should.
left_with() { eventually shows "^status-$run $1\$" && no_bar; }
# holds STATEMENT: a transaction that keeps a lock until it is released.
holds() {
    psql -XqAtd "$db" -c begin -c "$1" -c 'select pg_sleep(600)' >"$work/holder.log" 2>&1 &
    holder=$!
    eventually answers "$db" 1 "select count(*) from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)'"
}
releases() {
    sql "$db" -o /dev/null -c "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)'"
    wait "$holder"
    holder=
}

png=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
long=$(printf 'long-%.0s' {1..20})
for number in $(seq 100 299); do printf %s $png | base64 -d >"cache/media/images/$long$number.png"; done
for number in $(seq 10 49); do cp "cache/media/images/${long}100.png" "many/$long$number.png"; done
sql "$db" -o /dev/null <<SQL
create table post_media (media_id text primary key, media_type text, local_file_path text, mime_type text, archive_url text, created_at timestamp);
insert into post_media
select 'm' || g, 'image', 'cache/media/images/$long' || g || '.png', 'image/png', null, timestamp '2025-12-01' + g * interval '1 minute' from generate_series(100, 299) g;
select s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url', path_column => 'local_file_path', mime_column => 'mime_type');
SQL
archived() { answers "$db" "$1" 'select count(archive_url) from post_media'; }

# --- archive, narrow: it stands still in the third batch, because somebody holds a row of it
opens 80
holds "select 1 from post_media where media_id = 'm150' for update"
runs 's3cache archive post_media --batch-size 20'
bar='^[0-9]+ of 200 rows .*%'
prove 'an archive says what it does' eventually shows '^Files:   200$'
prove 'and stops at a row that somebody holds' eventually archived 40
prove 'with one bar, as wide as there is room' eventually one_bar "$bar"
prove 'which stands below all lines' eventually shows '^Batch 2/10 \(20 files\)'
interrupts
prove 'an interrupt ends it with 130, and leaves no bar' left_with 130
prove 'with what was done by then' archived 40
runs 's3cache archive post_media --batch-size 20'
prove 'the next run goes on where that stopped' eventually shows '^Files:   160$'
prove 'and stops there too' eventually shows '^[0-9]+ of 160 rows .*%'
terminal resize-window -t "$window" -x 50 -y 50
releases
prove 'in a terminal that became narrower meanwhile it ends' eventually shows '^  Rows updated:  160$'
prove 'without anything left of the wider bar' left_with 0
prove 'and everything is archived' archived 200

# --- uploads, wide: the last one waits for a row that somebody is adding
opens 200
holds "insert into s3_image_cache (filename) values ('1/${long}30.png')"
runs "s3cache upload many/* --prefix 1/ --concurrency 4"
prove 'uploads show files, bytes and what is left' eventually one_bar '^39 of 40 files \[#+-*\] [0-9]+ %, .* of .* kB'
interrupts
prove 'an interrupt of uploads is 130, and leaves no bar' left_with 130
releases
runs "s3cache upload many/* --prefix 1/ --if-exists skip"
prove 'the next run uploads what is missing' eventually shows '^Uploaded [0-9]+ of 40 files, (39|40) were there already$'
prove 'and is through' left_with 0
prove 'all of them are there' answers "$db" 40 "select count(*) from s3_image_cache where filename ^@ '1/' and state = 'present'"
runs 's3cache upload-images --product-id 7 --image-dir many'
prove 'images too' eventually shows '^Uploaded 40 of 40 files$'
prove 'leave nothing but their lines' left_with 0

# --- jobs of workers, narrower than the name of the cache allows
window=w80
cache=$(printf 'cache_%.0s' {1..7})xy
terminal resize-window -t "$window" -x 60 -y 50
sql "$db" -o /dev/null -c "select s3cache.create_cache('$cache', prefix => 'cache/')"
runs "s3cache rebuild --cache $cache"
prove 'a rebuild that nobody runs says so' eventually shows 'no worker of this release is running'
prove 'on one line, cut to what there is room for' eventually one_bar '^rebuild of cache_.*(queued|…)$'
interrupts
prove 'an interrupt leaves it to the workers, with 130' left_with 130
"$program" worker --log-level error 2>"$work/worker.log" &
worker=$!
for command in rebuild verify; do
    runs "s3cache $command --cache $cache"
    prove "$command ends, and leaves its result alone" left_with 0
done

# --- an object on its way into a pipe that is read slowly
head -c 8000000 /dev/urandom >"$work/store/$long.bin"
mkfifo pipe
(for _ in $(seq 4000); do
    head -c 16384 || break
    sleep 0.05
done) <pipe >/dev/null 2>&1 &
runs "s3cache get $long.bin -o pipe"
prove 'what is read shows bytes' eventually one_bar '[0-9]\.[0-9] MB of 8\.0 MB'
interrupts
prove 'and is interrupted at once' left_with 130

# --- a database that does not answer: somebody has locked the jobs
holds 'lock table s3cache.job in access exclusive mode'
runs 's3cache verify --binding post_media --verify-s3'
waits() { answers "$db" t "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'register_worker|verify_binding')"; }
prove 'while the database does not answer, a command waits' eventually waits
interrupts
prove 'an interrupt ends it with 130 all the same, and nothing is left of it' left_with 130
releases
finish
