#!/usr/bin/env bash
# The media of a social network's posts, archived from a disk into a bucket: README.md tells what this shows.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317  # lines for `all` are expanded there; example.sh sets and uses variables
set -uo pipefail
cd "$(dirname "$0")" || exit 1
# shellcheck source=examples/support/example.sh
. ../support/example.sh
begin media-archive

bucket "$bucket" remove  # the first that is done here is to make it
sql "$PGDATABASE" -o "$work/schema" -f "$here/schema.sql" || exit 1
prove "the application's own table and partial index are taken as they are" gives 't|t' "
    select to_regclass('post_media') is not null, to_regclass('idx_media_archive_url') is not null"
sql "$PGDATABASE" -o "$work/bind" -f "$here/bind.sql" || exit 1
columns='media_id, post_id, media_type, media_url, local_file_path, md5_sum, file_size, mime_type, created_at'
add_media() { "$python" "$here/media.py" "$@" | sql "$PGDATABASE" -c "copy post_media ($columns) from stdin csv"; }
export S3_BUCKET=$bucket S3CACHE_FILE_ROOTS=$PWD

# ---------------------------------------------------------------- the bucket

setup() { runs "$1" s3cache setup-bucket --bucket "${@:2}"; }
absent() { ! bucket "$1" keys; }
before=$(requests)
prove 'a check of a bucket that is absent changes nothing, and exits with 1' all 'setup 1 "$bucket" --check-only' 'says "does not exist"' 'absent "$bucket"' \
    '[ "$(tail -n "+$((before + 1))" "$work/journal" | grep -c "^PUT")" = 0 ]'
prove 'a bucket is made, with write access tried by a PUT and a DELETE' all 'setup 0 "$bucket"' 'says "is ready"' 'says "was created in us-east-1"' \
    '[ "$(requests "^PUT /$bucket/.+ 200")" -ge 1 ]' '[ "$(requests "^DELETE /$bucket/.+ 204")" -ge 1 ]'
prove 'of which nothing is left' is '' "$(bucket "$bucket" keys)"
prove 'in us-east-1 without a location' eval '[ "$(requests "^PUT /$bucket/? 200 AWS4-HMAC-SHA256 0 ")" = 1 ]'
buckets+=("$bucket-west")
prove '--region makes it there, if the server has such a region' all "setup 0 '$bucket-west' --region us-west-2" 'says "us-west-2"' 'bucket "$bucket-west" keys'
bucket "$bucket" rules >"$work/rules.json"
prove 'archives move to Glacier after 90 days' is '[["cache/", [{"Days": 90, "StorageClass": "GLACIER"}]]]' \
    "$(json "$work/rules.json" '[[r.get("Filter", r)["Prefix"], r["Transitions"]] for r in d if "Transitions" in r]')"
prove 'parts of broken uploads go after 7' is '[7]' \
    "$(json "$work/rules.json" '[r["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] for r in d if "AbortIncompleteMultipartUpload" in r]')"
prove 'a check exits with 0 now' all 'setup 0 "$bucket" --check-only' 'says "nothing was changed"'
prove 'versioning is there for those who ask' all 'setup 0 "$bucket-west" --enable-versioning' 'says "done     versioning"' 'setup 0 "$bucket-west" --check-only --enable-versioning' 'says "ok       versioning"'
theirs='{"ID": "theirs", "Filter": {"Prefix": "tmp/"}, "Status": "Enabled", "Expiration": {"Days": 3}}'
printf '[%s]' "$theirs" >theirs.json
prove 'an own bucket that exists gets the rules that it lacks, and keeps those of others' all 'bucket "$bucket" set-rules theirs.json' 'setup 0 "$bucket"' 'setup 0 "$bucket"' '! grep -q "^done" "$work/out"' \
    'bucket "$bucket" rules >"$work/rules.json"' \
    'is "s3cache-abort-uploads s3cache-archive theirs" "$(json "$work/rules.json" "\" \".join(sorted(r[\"ID\"] for r in d))")"'
prove 'a name that another account has fails clearly, and is not ready' all 'as_other setup 1 "$bucket"' 'says "owned by another account"' 'as_other setup 1 "$bucket" --check-only' '! grep -q "is ready" "$work/out"'
prove "another region than the bucket's is a warning" all 'setup 0 "$bucket" --region us-west-2' 'says "warn     region"'

# ---------------------------------------------------------------- 1,082 media, none archived

stats="select concat_ws('|', coalesce(media_type, 'all'), total, archived, not_archived, archived_percent) from s3cache.archive_stats('post_media')"
prove 'an empty table has statistics too' all "gives 'all|0|0|0|0.0' \"\$stats\"" 'runs 0 s3cache verify --binding post_media' 'says "  Archived:          0 (0.0%)"' '! grep -q "By Type" "$work/out"'
add_media 946 136
prove 'statistics are overall and by type, of the types that there are' gives 'all|1082|0|1082|0.0
image|946|0|946|0.0
video|136|0|136|0.0' "$stats"
cat >expected <<'END'
================================================================================
S3 Archive Statistics
================================================================================

Overall:
  Total Media:       1,082
  Archived:          0 (0.0%)
  Not Archived:      1,082

By Type:
  Image:
    Total:           946
    Archived:        0 (0.0%)
    Not Archived:    946
  Video:
    Total:           136
    Archived:        0 (0.0%)
    Not Archived:    136
================================================================================
END
prove 'and are printed, with separators of thousands and one decimal' all 'runs 0 s3cache verify --binding post_media' 'same expected "$work/out"'

archive() { runs "$1" s3cache archive post_media "${@:2}"; }
sums() { json "$work/out" '" ".join(str(d["result"][n]) for n in ("total", "found", "missing", "attempted", "successful", "failed", "rows_updated"))'; }
path_of() { query "select local_file_path from post_media where media_id = '$1'"; }
place_of() { query "select archive_url from post_media where media_id = '$1'"; }
key_of() { query "select substr(archive_url, length('s3://$bucket/') + 1) from post_media where media_id = '$1'"; }
md5_of() { query "select md5_sum from post_media where media_id = '$1'"; }
before=$(requests)
prove 'a dry run shows files and URLs' all 'archive 0 --dry-run' 'says "  med-0000: $(path_of med-0000) → s3://$bucket/cache/2024/12/$(md5_of med-0000).jpg"' 'says "  Found:         1,082"'
prove 'in batches of 50, numbered, below a heading with bucket, profile and files' all 'says "Batch 1/22 (50 files)"' 'says "Batch 22/22 (32 files)"' \
    'says "Bucket:  $bucket"' 'says "Profile: none"' 'says "Files:   1,082"'
prove 'it needs no credentials' runs 0 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY s3cache archive post_media --dry-run --limit 10
prove 'asks nothing of the bucket, and writes nothing' all 'quiet "$before"' "gives 0 'select count(archive_url) from post_media'"
job=$(query "select s3cache.archive('post_media', limit_rows => 10, dry_run => true)")
(
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    timeout 60 s3cache worker --once 2>"$work/once.log"
)
prove 'so does one that SQL asks for' gives "s3://$bucket/cache/2024/12/" "
    select distinct regexp_replace(f->>'url', '[^/]*$', '') from s3cache.jobs j, jsonb_array_elements(j.result->'files') f where j.id = $job"
prove 'a limit is a limit, and the oldest come first' all 'archive 0 --limit 10' 'says "Files:   10"' \
    "gives 'med-0000 10' \"select min(media_id) || ' ' || count(*) from post_media where archive_url is not null\"" \
    "gives 'med-0009' \"select max(media_id) from post_media where archive_url is not null\""
prove 'files keep their names, below the year and the month of their rows' gives "s3://$bucket/cache/2024/12/" "
    select distinct regexp_replace(archive_url, '[^/]*$', '') from post_media where archive_url like '%/' || md5_sum || '.' || case media_type when 'image' then 'jpg' else 'mp4' end"
before=$(requests)
puts=$(requests "^PUT .*/cache/")
prove 'one that is archived already is uploaded again by force, and otherwise not' all \
    'archive 0 --limit 10 --force --json' 'is "10 10 0 10 10 0 10" "$(sums)"' '[ "$(requests "^PUT .*/cache/")" = $((puts + 10)) ]'
prove 'each file costs one request, and nothing else is asked of the bucket' quiet $((before + 10))

# ---------------------------------------------------------------- rows whose files are elsewhere, wrong, or refused

sql "$PGDATABASE" -o "$work/odd" <<'SQL'
create function change(media_id text, change text) returns void language plpgsql as $$
begin
    execute format('update post_media set %s where media_id = %L', change, media_id);
end
$$;
select change('med-0020', 'local_file_path = null'),                                                          -- by MD5 and media type
    change('med-0021', $$local_file_path = 'cache/media/images/x.bin', mime_type = 'application/octet-stream'$$),  -- by MD5 alone
    change('med-0022', 'created_at = null'),                                                                  -- the file's own time
    change('med-0023', $$local_file_path = 'cache/media/images/gone.jpg', md5_sum = repeat('0', 32)$$),       -- no file
    change('med-0024', $$md5_sum = repeat('1', 32)$$),                                                        -- another file
    change('med-0025', $$mime_type = 'image/png'$$),                                                          -- not what it says
    change('med-0026', $$media_type = media_type$$),                                                          -- refused by the bucket
    change('med-0040', $$created_at = '2025-02-03'$$);
SQL
touch -d '2023-04-05 12:00 UTC' "$(query "select 'cache/media/' || media_type || 's/' || md5_sum || case media_type when 'image' then '.jpg' else '.mp4' end from post_media where media_id = 'med-0022'")"
refused=$(basename "$(path_of med-0026)")

# An interrupt while files are on their way.
gateway 'PUT /cache/ hold'
s3cache archive post_media --limit 50 >"$work/out" 2>"$work/err" &
command=$!
until_succeeds grep -q '^HELD' "$work/journal"
kill -INT $command
wait $command
status=$?
gateway "PUT $refused 403"
prove 'an interrupt ends it with 130' is 130 "$status"
prove 'and leaves rows as they were' gives 10 'select count(archive_url) from post_media'

# kill -9 in the middle of an archive that SQL asked for: another worker goes on.
gateway "PUT $refused 403" "PUT $(basename "$(path_of med-0300)") hold"
start_worker
job=$(query "select s3cache.archive('post_media', limit_rows => 400)")
wait_until 'select count(archive_url) >= 60 from post_media'
kill -KILL "$worker"
wait "$worker" 2>"$work/kill.log"
gateway "PUT $refused 403"
start_worker
prove 'after kill -9 in the middle another worker goes on, and counts nothing twice' gives 'done|400|399|1|396|3|396' "
    select state, result->'total', result->'found', result->'missing', result->'successful', result->'failed', result->'rows_updated'
    from s3cache.wait($job, '100 s')"
stop_worker

# Each batch is one UPDATE.
sql "$PGDATABASE" -o "$work/counting" <<'SQL'
create table written (at timestamptz default now());
create function note() returns trigger language plpgsql security definer as $$ begin insert into written default values; return null; end $$;
create trigger noted after update on post_media for each statement execute function note();
SQL
prove 'all the rest is archived, though some rows fail, and the exit code is 1' all 'archive 1' 'says "Files:   676"' 'says "Batch 14/14 (26 files)"'
prove 'each batch is one UPDATE of the table' gives 14 'select count(*) from written'
query 'drop trigger noted on post_media' >"$work/log"
prove 'a line for each file' eval 'grep -qE "^  ✓ med-[0-9]{4}: cache/media/(images|videos)/[0-9a-f]{32}\.(jpg|mp4) → cache/202[0-9]/[01][0-9]/[0-9a-f]{32}\.(jpg|mp4)$" "$work/out"'
prove 'and the sums of all' all 'says "  Total:         676"' 'says "  Found:         675"' 'says "  Missing:       1"' 'says "  Attempted:     675"' \
    'says "  Successful:    672"' 'says "  Failed:        3"' 'says "  Rows updated:  672"'
prove 'nothing is missing, and nothing there twice' all "gives '1078|1078' 'select count(archive_url), count(distinct archive_url) from post_media'" 'is 1078 "$(bucket "$bucket" keys cache/ | wc -l)"'
prove 'many files are on their way at once' eval '[ "$(sed -n "s/^PUT .*\/cache\/.* //p" "$work/journal" | sort -n | tail -n 1)" -ge 4 ]'

archived() { gives "s3://$bucket/$2" "select archive_url from post_media where media_id = '$1'"; }
prove 'the path that the row has is where its file is looked for first' archived med-0027 "cache/2024/12/$(basename "$(path_of med-0027)")"
prove 'then its MD5 and the extension of its media type' archived med-0020 "cache/2024/12/$(md5_of med-0020).jpg"
prove 'then its MD5 with any extension: the row says .bin, the file is .jpg' archived med-0021 "cache/2024/12/$(md5_of med-0021).jpg"
prove "without a time of the row it is the file's" archived med-0022 "cache/2023/04/$(md5_of med-0022).jpg"
prove 'months have two digits' archived med-0040 "cache/2025/02/$(basename "$(path_of med-0040)")"
prove 'a file that is nowhere is a warning, and counted' all 'warns "! med-0023: There is no file"' "holds \"select archive_url is null from post_media where media_id = 'med-0023'\""
prove 'one with another MD5 is not uploaded' all 'warns "✗ med-0024: The file"' 'warns "its row says \"11111111111111111111111111111111\""' "holds \"select archive_url is null from post_media where media_id = 'med-0024'\""
prove 'nor one that is not of its media type' all 'warns "✗ med-0025:"' "holds \"select archive_url is null from post_media where media_id = 'med-0025'\""
prove 'one that the bucket refuses leaves its row as it was, and the batch goes on' all 'warns "✗ med-0026:"' "holds \"select archive_url is null from post_media where media_id = 'med-0026'\""
prove 'objects have the media types of their rows' all 'bucket "$bucket" head "$(key_of med-0040)" >"$work/head.json"' 'is image/jpeg "$(json "$work/head.json" "d[\"type\"]")"' \
    'bucket "$bucket" head "$(key_of med-0039)" >"$work/head.json"' 'is video/mp4 "$(json "$work/head.json" "d[\"type\"]")"'
prove 'statistics are what SQL counts' all "gives 't' \"select bool_and(s.total = c.total and s.archived = c.archived and s.not_archived = c.total - c.archived)
    from s3cache.archive_stats('post_media') s join (select media_type, count(*) as total, count(archive_url) as archived from post_media group by rollup (media_type)) c
        on s.media_type is not distinct from c.media_type\""

gateway
sql "$PGDATABASE" -o "$work/odd" <<'SQL'
select change('med-0025', $$mime_type = 'image/jpeg'$$), change('med-0024', $$md5_sum = regexp_replace(local_file_path, '.*/([0-9a-f]{32})\..*', '\1')$$);
SQL
prove 'the next run does what had failed, and nothing else' all 'before=$(requests "^PUT .*/cache/")' 'archive 0 --json' 'is "4 3 1 3 3 0 3" "$(sums)"' '[ "$(requests "^PUT .*/cache/")" = $((before + 3)) ]'
query "delete from post_media where media_id = 'med-0023'" >"$work/log"
prove 'with nothing new nothing is uploaded' all 'archive 0 --json' 'is "0 0 0 0 0 0 0" "$(sums)"'
add_media 5 0 new
mkdir -p cache/media/documents
pictures report.pdf
cp report.pdf "cache/media/documents/$(md5sum report.pdf | cut -c 1-32).pdf"
query "insert into post_media (media_id, post_id, media_type, media_url, md5_sum, mime_type, created_at)
    values ('doc-1', 'post-1', 'document', 'https://social.example/doc', '$(md5sum report.pdf | cut -c 1-32)', 'application/pdf', '2025-12-24')" >"$work/log"
prove 'rows that come later are taken by the same command' all 'archive 0 --json' 'is "6 6 0 6 6 0 6" "$(sums)"'
prove 'documents too' archived doc-1 "cache/2025/12/$(md5sum report.pdf | cut -c 1-32).pdf"

# ---------------------------------------------------------------- the bucket has it, and the table refuses

add_media 3 0 late
sql "$PGDATABASE" -o "$work/refusing" <<'SQL'
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
create trigger refusing before update on post_media for each row when (new.media_id = 'late-0001') execute function refuse();
SQL
objects() { bucket "$bucket" keys cache/; }
prove 'an archive whose table refuses the URL fails' all 'archive 1' "holds \"select archive_url is null from post_media where media_id = 'late-0001'\""
objects >"$work/objects"
query 'drop trigger refusing on post_media' >"$work/log"
prove 'the next run repairs that, and no object is there twice' all 'archive 0' "gives 3 \"select count(archive_url) from post_media where media_id like 'late-%'\"" \
    'objects | same "$work/objects" -' "is 1090 \"\$(wc -l <\"$work/objects\")\""

# ---------------------------------------------------------------- who may do it

add_media 2 0 theirs
runs 0 s3cache doctor --iam archive --bucket "$bucket" --prefix cache/
allowed=$(actions)
granted policy.json
printf '[profile media]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$other_key" "$other_secret" >"$AWS_CONFIG_FILE"
prove 'a profile is chosen by name; without any right it fails' all 'archive 1 --profile media' 'says "Profile: media"' 'warns "is not allowed with these credentials: grant them s3:PutObject"'
prove 'a profile that is missing is told, with what to do' all 'archive 1 --profile nobody' 'warns "nobody"' 'warns "create it with '\''aws configure --profile"'
prove 'with the policy that the doctor prints it may archive below cache/' all 'bucket "$bucket" policy policy.json' 'archive 0 --profile media' "gives 2 \"select count(archive_url) from post_media where media_id like 'theirs-%'\""
prove 'and nothing else' is 's3:AbortMultipartUpload s3:GetObject s3:ListBucket s3:ListMultipartUploadParts s3:PutObject' "$allowed"

# ---------------------------------------------------------------- URLs of a CDN

add_media 1 0 cdn
query "select s3cache.configure(cdn_url => 'cdn.example.com')" >"$work/log"
sed "s/url_style => 's3'/url_style => 'url'/" "$here/bind.sql" | sql "$PGDATABASE" -o "$work/bind"
prove 'URLs may be those of a CDN' all 'archive 0' "gives 'https://cdn.example.com/cache/2024/12/' \"select regexp_replace(archive_url, '[^/]*\$', '') from post_media where media_id = 'cdn-0000'\""

# ---------------------------------------------------------------- verifying

verify() { runs "$1" s3cache verify --binding post_media "${@:2}"; }
whole=$(query "select to_char(count(*), 'FM9,999') from post_media")
prove "each object is asked for, with the rights of the archive's policy, and each file looked for" all 'verify 0 --verify-s3 --check-local --profile media' 'is "$(grep -c "^  [-!✗]" "$work/out")" 0' \
    'is "$(printf "  Checked:           %s\n  Exists:            %s\n  Missing:           0\n  Errors:            0" "$whole" "$whole")" "$(grep -A 4 "^S3 Verification" "$work/out" | tail -n 4)"'
# What the second account stored is its own, and not for the owner of the bucket to read.
query "delete from post_media where media_id like 'theirs-%'" >"$work/log"
whole=$(query "select to_char(count(*), 'FM9,999') from post_media")
bucket "$bucket" delete "$(key_of med-0100)"
gateway "HEAD $(basename "$(place_of med-0101)") 403" "HEAD $(basename "$(place_of med-0102)") drop"
query "update post_media set archive_url = 's3:/nowhere' where media_id = 'med-0103'" >"$work/log"
rm "$(path_of med-0104)"
prove 'checked, there, missing and unknown are counted apart, and the exit code is 1' all 'verify 1 --verify-s3 --check-local' 'says "  Checked:           $whole"' 'says "  Missing:           1"' 'says "  Errors:            3"' \
    'says "  Exists:            $(query "select to_char(count(*) - 4, '\''FM9,999'\'') from post_media")"'
prove 'an object that is gone is missing, and its URL is told' says "med-0100: missing: $(place_of med-0100)"
prove 'one that may not be asked for is an error, not missing' says "med-0101: error: $(place_of med-0101)"
prove 'and so is one of which no answer comes' says "med-0102: error: $(place_of med-0102)"
prove 'and a URL that is none' says "med-0103: error: s3:/nowhere"
prove 'a row whose file is gone is told too' says "med-0104: no local file: $(path_of med-0104)"
gateway
prove 'a limit is one here too' all 'verify 0 --verify-s3 --limit 50' 'says "  Checked:           50"'

# ---------------------------------------------------------------- the disk is wanted back

clean() { runs "$1" s3cache archive post_media --remove-local "${@:2}"; }
cleaned() { json "$work/out" '" ".join(str(d["result"][n]) for n in ("checked", "removed", "shared", "kept", "missing", "different", "errors", "absent"))'; }
files() { find cache/media -type f | LC_ALL=C sort; }
# med-0100 has no object, med-0103 no URL that is one, med-0104 no file. Three more that must not go:
bucket "$bucket" put "$(key_of med-0200)=report.pdf"
gateway "GET $(basename "$(place_of med-0201)") 403"
path=$(path_of med-0202)
add_media 1 0 unarchived
query "update post_media set local_file_path = '$path' where media_id = 'unarchived-0000'" >"$work/log"
files >"$work/files"
before=$(requests)
whole=$(query "select count(archive_url) - 1 from post_media")
expected="$whole $((whole - 5)) 0 1 1 1 2 1"
prove 'a dry run compares each file with its object, and removes none' all 'clean 1 --dry-run --json' 'is "$expected" "$(cleaned)"' 'files | same "$work/files" -' \
    '[ "$(tail -n "+$((before + 1))" "$work/journal" | grep -cE "^(PUT|DELETE)")" = 0 ]'
# kill -9 while an object is read, and then an interrupt.
for signal in KILL INT; do
    gateway "GET $(basename "$(place_of med-0201)") 403" "GET $(basename "$(place_of med-0300)") hold"
    held=$(grep -c '^HELD' "$work/journal")
    s3cache archive post_media --remove-local >"$work/out" 2>"$work/err" &
    command=$!
    until_succeeds eval '[ "$(grep -c "^HELD" "$work/journal")" -gt $held ]'
    kill -$signal $command
    wait $command 2>"$work/kill.log"
    status=$?
    gateway "GET $(basename "$(place_of med-0201)") 403"
done
prove 'an interrupt ends it with 130' is 130 "$status"
objects >"$work/objects"
# Whatever is not on the disk any more is in the bucket.
only_what_is_safe() {
    local name
    files | LC_ALL=C comm -23 "$work/files" - | while read -r name; do grep -qF "/$(basename "$name")" "$work/objects" || echo "lost: $name"; done
}
prove 'what a killed one removed is in the bucket' is '' "$(only_what_is_safe)"
prove 'files go whose objects have the same bytes' clean 1
prove 'and each that goes is told' eval '[ "$(grep -cE "^  ✓ med-[0-9]{4}: cache/media/" "$work/out")" -gt 500 ]'
prove 'an object that is gone, other bytes, a refusal, a URL that is none, and a file that another row needs are told apart' all 'warns "✗ med-0100: missing: $(place_of med-0100)"' \
    'warns "✗ med-0200: different: The object"' 'warns "! med-0201: error: $(place_of med-0201)"' 'warns "! med-0103: error: s3:/nowhere"' 'says "  - med-0202: $path stays: another row needs it"'
stay() { local one; for one in 0100 0103 0200 0201 0202; do [ -e "$(path_of "med-$one")" ] || { echo "med-$one is gone" && return 1; }; done; }
prove 'their files stay' stay
gateway
prove 'with nothing new nothing goes' all 'clean 1 --json' 'is 1 "$(json "$work/out" "d[\"result\"][\"removed\"]")"' 'clean 1 --json' 'is 0 "$(json "$work/out" "d[\"result\"][\"removed\"]")"'
prove 'and all that the bucket has is there still' all 'objects | same "$work/objects" -'
finish
