#!/usr/bin/env bash
# Commands that upload by themselves: their output, exit codes and interrupts, and that nobody else runs what is theirs.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_commands
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
export PGDATABASE=$db S3CACHE_DIRECTORY=$work/store
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 S3_BUCKET
program=$(realpath "$program")
python=$(realpath -ms "${S3CACHE_VENV:-.build/venv}")/bin/python
mkdir -p "$work/store" "$work/files/cache/media/images" "$work/files/more"
cd "$work/files" || exit 1
png=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
for name in front.png back.png 'a {b} c.png' more/one.png more/two.PNG; do printf %s $png | base64 -d >"$name"; done
echo text >wrong.jpg
echo text >more/note.txt

# run COMMAND…: its output in out and err, its exit status in status.
run() {
    timeout 120 "$program" "$@" >"$work/out" 2>"$work/err"
    status=$?
}
ends() { [ "$status" = "$1" ] || { echo "exit $status" && cat "$work/out" "$work/err" && return 1; }; }
says() { grep -qF -- "$1" "$work/out" || { cat "$work/out" "$work/err" && return 1; }; }
warns() { grep -qF -- "$1" "$work/err" || { cat "$work/out" "$work/err" && return 1; }; }

run upload front.png 'a {b} c.png' --prefix 1/
prove 'files are uploaded without any worker' ends 0
prove 'under their names, braces included' answers "$db" '1/a {b} c.png,1/front.png' "select string_agg(filename, ',' order by filename) from s3_image_cache where state = 'present' and width = 1"
prove 'and told' says 'Uploaded 2 of 2 files'
run upload front.png wrong.jpg --prefix 2/
prove 'one that fails is 1' ends 1
prove 'and told with its reason' warns 'wrong.jpg: The key ends in .jpg but the content is text'
prove 'after the others were uploaded' answers "$db" 1 "select count(*) from s3_image_cache where filename ^@ '2/'"
run upload front.png --prefix 1/ --if-exists skip --json
tells() {
    "$python" -c 'import json, sys
document = json.load(open(sys.argv[1]))
print(document["uploaded"], document["skipped"], document["failed"], document["files"][0]["filename"])' "$work/out" | same <(echo '0 1 0 1/front.png') -
}
prove 'what is there already is skipped' ends 0
prove 'and --json says so' tells
mkdir ordered
for name in $(seq 100 -1 1 | shuf --random-source=<(yes)); do cp front.png "ordered/$name.png" && echo "3/$name.png"; done >"$work/given"
mapfile -t given < <(sed 's|^3/|ordered/|' "$work/given")
run upload "${given[@]}" --prefix 3/ --json
in_order() { "$python" -c 'import json, sys; print(*[file["filename"] for file in json.load(open(sys.argv[1]))["files"]], sep="\n")' "$work/out" | same "$work/given" -; }
prove 'whose files come in the order that they were given in' in_order
run upload "$(printf 'x%.0s' {1..300})"
prove 'a file that is not there is told before anything is done' eval 'ends 1 && warns "Cannot upload"'
mkdir other && cp front.png other/new.png && cp front.png new.png
run upload new.png other/new.png
prove 'and so are two that would become one object' eval 'ends 1 && warns "would become the same object"'
prove 'of which none is uploaded' answers "$db" 0 "select count(*) from s3_image_cache where filename ^@ 'new'"
mapfile -t numbers < <(seq 1001 21000)
timeout 20 "$program" upload --prefix 4/ "${numbers[@]}" >"$work/out" 2>"$work/err"
status=$?
prove 'tens of thousands of files are read in a moment' eval 'ends 1 && warns "Cannot upload 1001: No such file or directory."'
run add "${numbers[@]:0:200}" --json
prove 'and so are filenames' says '"added" : 200'
prove 'each of them' answers "$db" 200 "select count(*) from s3_image_cache where filename !~ '[^0-9]'"
run urls --public "${numbers[@]:0:200}"
prove 'in their order' eval 'ends 0 && sed "s|.*/||" "$work/out" | same <(seq 1001 1200) -'
sql "$db" -c "delete from s3_image_cache where state = 'unverified'"
run upload
prove 'no file is usage' ends 2
run upload front.png --if-exists maybe
prove 'and so is a rule that there is not' ends 2

run upload-images --product-id 7 --image-dir more --clear-cache
prove 'a directory of images' eval 'ends 0 && says "Uploaded 2 of 2 files"'
prove 'goes below the product, without what is no image' answers "$db" '7/one.png,7/two.PNG' "select string_agg(filename, ',' order by filename) from s3_image_cache where filename ^@ '7/'"
prove 'and the cache of URLs is cleared' says 'are made anew'
run upload-images --images front.png
prove 'images need a product' ends 2
run upload-images --product-id a/b --images front.png
prove 'which is no path' ends 2

printf '[local]\nPGDATABASE = %s\n\n[odd]\nnot a name = 1\n' "$db" >s3cache.ini
PGDATABASE=nowhere run upload back.png --stack local
prove 'a stack is a section of the configuration file' ends 0
run upload back.png --stack other
prove 'one that is not there is named, with those that are' eval 'ends 1 && warns "it has: local, odd"'
run upload back.png --stack odd
prove 'and a line that is no variable' eval 'ends 1 && warns "is no name of a variable"'

sql "$db" -o /dev/null <<'SQL'
create table post_media (media_id text primary key, media_type text, local_file_path text, md5_sum text, mime_type text, archive_url text, created_at timestamp);
insert into post_media values
    ('m1', 'image', 'cache/media/images/m1.png', md5(decode('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364f8cf500f00038601805a347d6b0000000049454e44ae426082', 'hex')), 'image/png', null, '2025-12-03'),
    ('m2', 'image', 'cache/media/images/m2.png', null, 'image/png', null, '2025-12-04'),
    ('m3', 'image', 'cache/media/images/gone.png', null, 'image/png', null, '2025-12-05');
select s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url', url_style => 's3',
    path_column => 'local_file_path', md5_column => 'md5_sum', mime_column => 'mime_type', type_column => 'media_type', root => 'cache/media');
SQL
cp front.png cache/media/images/m1.png
cp front.png cache/media/images/m2.png
run archive post_media --dry-run
prove 'a dry run of an archive shows what it would do' eval 'ends 0 && says "cache/2025/12/m1.png" && says "nothing was uploaded or written"'
prove 'and does nothing' answers "$db" 0 'select count(archive_url) from post_media'
run archive post_media --batch-size 2
prove 'an archive says what it does, a missing file is a warning' eval 'ends 0 && says "Bucket:  the local directory $work/store" && says "Batch 1/2 (2 files)" && says "✓ m1: cache/media/images/m1.png → cache/2025/12/m1.png" && warns "m3:"'
prove 'and writes URLs' answers "$db" 'm1,m2' "select string_agg(media_id, ',' order by media_id) from post_media where archive_url like '%/cache/2025/12/' || media_id || '.png'"
sums="select concat_ws('|', result->>'total', result->>'found', result->>'missing', result->>'successful', result->>'failed', result->>'rows_updated')
    from s3cache.jobs where kind = 'archive' order by id desc limit 1"
prove 'its sums are those of the job' answers "$db" '3|2|1|2|0|2' "$sums"
prove 'and are printed' eval 'says "  Rows updated:  2" && says "  Missing:       1"'
run archive post_media
prove 'a second run has only what is missing' says 'Files:   1'
run archive nothing
prove 'a binding that is not there is an error' ends 1

run archive post_media --remove-local --dry-run
prove 'a dry run of the removal of local files shows which would go' eval 'ends 0 && says "  ✓ m1: cache/media/images/m1.png (70 B)" && says "Summary (dry run: nothing was removed)" && says "  Removed:           2" && [ -e cache/media/images/m1.png ]'
with_dry_run() { DRY_RUN=true "$@"; }
with_dry_run run archive post_media --remove-local
prove 'and so it is where DRY_RUN says so' eval 'ends 0 && says "Summary (dry run: nothing was removed)" && [ -e cache/media/images/m1.png ]'
printf x >>cache/media/images/m2.png
run archive post_media --remove-local
prove 'a file that is not its object any more stays, and the exit code is 1' eval 'ends 1 && warns "✗ m2: different: The object" && says "  Different:         1" && [ -e cache/media/images/m2.png ]'
prove 'one that is goes' eval 'says "  Removed:           1" && says "  Bytes freed:       70" && [ ! -e cache/media/images/m1.png ]'
cp front.png cache/media/images/m2.png
# Its own store is no place for files that may go.
stored() { find "$S3CACHE_DIRECTORY" -type f -name 'm2.png*' | head -n 1; }
sql "$db" -c "update post_media set local_file_path = '$(realpath --relative-to="$work" "$(stored)")' where media_id = 'm2'"
S3CACHE_FILE_ROOTS=$work run archive post_media --remove-local
prove "an object's own file stays, whatever a row says" eval 'ends 1 && warns "where objects are: it stays" && [ -e "$(stored)" ]'
sql "$db" -c "update post_media set local_file_path = 'cache/media/images/m2.png' where media_id = 'm2'"
run archive post_media --remove-local --force
prove '--remove-local uploads nothing, so --force does not go with it' ends 2
cp front.png cache/media/images/m1.png

# with_keys COMMAND…: with credentials in the environment, which a profile that is named goes before.
with_keys() { AWS_ACCESS_KEY_ID=one AWS_SECRET_ACCESS_KEY=two AWS_SESSION_TOKEN=three S3_BUCKET=four AWS_CONFIG_FILE=/nonexistent AWS_SHARED_CREDENTIALS_FILE=/nonexistent "$@"; }
with_keys run archive post_media --force --profile nobody
prove 'a profile that is missing is told, whatever keys the environment has' eval 'ends 1 && warns "the profile \"nobody\" is not in" && warns "aws configure"'
printf '[profiled]\nPGDATABASE = %s\naws_profile = nobody\n' "$db" >>s3cache.ini
with_keys run archive post_media --force --stack profiled
prove 'of a stack too' eval 'ends 1 && warns "the profile \"nobody\" is not in"'

run stats --binding post_media
cat >"$work/statistics" <<'EOF'
================================================================================
S3 Archive Statistics
================================================================================

Overall:
  Total Media:       3
  Archived:          2 (66.7%)
  Not Archived:      1

By Type:
  Image:
    Total:           3
    Archived:        2 (66.7%)
    Not Archived:    1
================================================================================
EOF
prints_statistics() { ends 0 && same "$work/statistics" "$work/out"; }
prove 'statistics of a binding are printed' prints_statistics
run verify --binding post_media
prove 'and by verify' prints_statistics
run verify --binding post_media --verify-s3 --check-local
prove 'objects are there' eval 'ends 0 && says "  Exists:            2" && says "  Errors:            0"'
prove 'a file is not' eval 'says "m3: no local file: cache/media/images/gone.png" && says "  Missing:           1"'
gone=$work/store/$(cd "$work/store" && find . -name m2.png)
mv "$gone" "$work/m2.png"
run verify --binding post_media --verify-s3
prove 'an object that is gone is 1' ends 1
prove 'and its URL is listed' eval "says '✗ m2: missing: ' && says '/cache/2025/12/m2.png' && says '  Missing:           1'"
prove 'its row too is missing' answers "$db" missing "select state from s3_image_cache where filename = 'cache/2025/12/m2.png'"
run verify --binding post_media --verify-s3 --limit 1 --json
verified() {
    "$python" -c 'import json, sys
document = json.load(open(sys.argv[1]))
print(document["statistics"][0]["total"], document["statistics"][0]["media_type"], document["job"]["result"]["checked"], document["job"]["kind"])' "$work/out" |
        same <(echo '3 None 1 verify_binding') -
}
prove 'a limit, and --json' eval 'ends 0 && verified'
mv "$work/m2.png" "$gone"
run verify --binding post_media --verify-s3 --no-wait
prove '--no-wait leaves it to workers' answers "$db" queued "select state from s3cache.jobs where id = $(cat "$work/out")"
run verify --verify-s3
prove '--verify-s3 is of a binding' ends 2
sql "$db" -o /dev/null -c 'create table empty_media (id integer primary key, type text, url text)' -c "select s3cache.bind('empty_media', key => '{id}.png', url_column => 'url', type_column => 'type')"
run verify --binding empty_media --verify-s3
has_no_types() { ends 0 && says '  Archived:          0 (0.0%)' && fails '' grep 'By Type' "$work/out"; }
prove 'an empty table is nothing to divide by' has_no_types

prove 'nobody is left registered' answers "$db" 0 'select count(*) from s3cache.workers'
# A job of a command that is gone is nobody's: the next worker cancels it.
sql "$db" -o /dev/null -c "with w as (select s3cache.register_worker('gone', 'h', 1, s3cache.version(), '1 hour', '{}') as id) select s3cache.pin_job(s3cache.upload_file('x.png', '/x.png'), w.id) from w" \
    -c "select s3cache.unregister_worker(id) from s3cache.workers"
timeout 60 "$program" worker --once 2>"$work/err"
prove 'a job whose command is gone is cancelled' answers "$db" cancelled "select state from s3cache.jobs where kind = 'upload_file' order by id desc limit 1"

# --- an interrupt: the command is stopped while a file of some size is on its way.
head -c 60000000 /dev/urandom >large.bin
sql "$db" -o /dev/null -c "select s3cache.configure(allowed_types => '{png,other}', max_bytes => 100000000)"
"$program" upload large.bin >"$work/out" 2>"$work/err" &
command=$!
begun() { answers "$db" 1 "select count(*) from s3cache.workers"; }
for _ in $(seq 600); do
    begun >/dev/null 2>&1 && break
    sleep 0.05
done
kill -INT $command
wait $command
status=$?
interrupted() { [ "$status" = 130 ] || [ "$status" = 0 ]; }
prove 'an interrupt is 130, or comes too late' interrupted
prove 'and leaves nobody registered' answers "$db" 0 'select count(*) from s3cache.workers'
finish
