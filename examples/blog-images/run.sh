#!/usr/bin/env bash
# A blog whose images are made elsewhere, kept in a bucket and read through a CDN: README.md tells what this shows.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317  # lines for `all` are expanded there; example.sh sets and uses variables
set -uo pipefail
cd "$(dirname "$0")" || exit 1
# shellcheck source=examples/support/example.sh
. ../support/example.sh
begin blog-images

pictures images/{1,2,one,two,three,logo,logo2,private}.png
sql "$PGDATABASE" -o "$work/schema" -f "$here/schema.sql" || exit 1
site=$PGDATABASE

# ---------------------------------------------------------------- on the developer's machine: no S3 at all

export PGDATABASE=${tag}_development
new_database "$PGDATABASE" && timeout 120 s3cache migrate >"$work/migrate.log" && sql "$PGDATABASE" -o "$work/schema" -f "$here/schema.sql" || exit 1
mkdir "$work/local"
(
    unset AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
    export S3CACHE_DIRECTORY=$work/local
    start_worker
    prove 'without S3 images are kept in a directory, and posts have their URLs' all \
        "does \"s3cache.attach('posts', '1', content => $(content images/1.png))\"" \
        'brings_file images/1.png "$(query "select featured_image_url from posts where id = 1")"'
    prove 'which is no error: the doctor says that S3 is not configured' all 'runs 0 s3cache doctor' 'says "S3 is not configured"' 'says "Everything works."'
    stop_worker
    finish
) || failures=$((failures + 1))
export PGDATABASE=$site

# ---------------------------------------------------------------- setting up

setup() { runs "$1" s3cache setup-bucket --bucket "$bucket" "${@:2}"; }
prove 'the bucket is set up for the CDN alone' all "setup 0 --cdn-distribution '$other_arn' --prefix generated/ --archive-after 30 --archive-class STANDARD_IA --abort-after 7" \
    'says "is ready"'
prove 'images are archived after 30 days' all 'bucket "$bucket" rules >"$work/rules.json"' \
    'like "$(cat "$work/rules.json")" "\"Days\": 30, \"StorageClass\": \"STANDARD_IA\""' 'like "$(cat "$work/rules.json")" "generated/"'
AWS_ACCESS_KEY_ID=$other_key AWS_SECRET_ACCESS_KEY=$other_secret AWS_ENDPOINT_URL=$store helper cdn "$bucket"
cdn=http://127.0.0.1:$port

# ---------------------------------------------------------------- S3 is away when the worker starts

mkdir "$work/copies" roots
cp images/one.png images/two.png roots/
printf '[profile putonly]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$other_key" "$other_secret" >"$AWS_CONFIG_FILE"
worker_of_the_site() {
    start_worker S3CACHE_DIRECTORY="$work/copies" \
        S3CACHE_FILE_ROOTS="$PWD/roots" S3CACHE_ALLOWED_PROFILES=putonly \
        S3CACHE_PURGE_COMMAND="/bin/sh -c 'exec curl --silent --fail --request PURGE \"\$S3CACHE_URL\"'"
}
unset AWS_REGION
export AWS_S3_REGION=us-east-1 AWS_S3_BUCKET=$bucket AWS_CLOUDFRONT_DOMAIN=$cdn/
gateway '* . drop'
before=$(requests)
worker_of_the_site
prove "bucket, region and CDN are those of the worker's environment" gives "$bucket|us-east-1|$cdn" "
    select bucket, region, rtrim(cdn_url, '/') from s3cache.cache"
prove 'a worker asks nothing of S3 before there is something to do' quiet "$before"

others="select string_agg((to_jsonb(p) - 'featured_image_url')::text, ' ' order by id) from posts p"
posts_before=$(query "$others")
first=$(query "select s3cache.attach('posts', '1', content => $(content images/1.png), metadata => '{\"task-id\": \"task-17\"}')")
local_image="select filename from s3_image_cache where location = 'local'"
prove 'while S3 is away an image is kept in the local store, and has a URL that works' all \
    "wait_until \"select exists ($local_image)\"" \
    'brings_file images/1.png "$(query "select s3cache.url(filename) from s3_image_cache where location = '\''local'\''")"'
prove 'its job says where it is, and why' all "gives local \"select result->>'location' from s3cache.jobs where id = $first\"" \
    "wait_until \"select error is not null from s3cache.jobs where id = $first\""
gateway
query "select s3cache.retry($first)" >"$work/log" 2>&1
prove 'a first failure does not disable S3: the image is pushed when it is back' gives 'done|s3' "
    select state, result->>'location' from s3cache.wait($first, '100 s')"
job=$first
prove "and its URL and the post's follow" all "gives 's3' \"select location from s3_image_cache\"" \
    "is \"$cdn/\$(result key)\" \"\$(query 'select featured_image_url from posts where id = 1')\"" \
    'is "$(query "select featured_image_url from posts where id = 1")" "$(query "select s3cache.url(filename) from s3_image_cache")"' \
    'brings images/1.png "$(query "select featured_image_url from posts where id = 1")"'

# ---------------------------------------------------------------- images of posts

head_of() { bucket "$bucket" head "$1" >"$work/head.json" && cat "$work/head.json"; }
prove 'an image gets a name of the second and a random part' like "$(result key)" '^generated/[0-9]{10}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.png$'
head_of "$(result key)" >"$work/log"
prove 'its type is what its bytes are' is image/png "$(json "$work/head.json" 'd["type"]')"
prove 'it may be kept for a year' is 'max-age=31536000, immutable' "$(json "$work/head.json" 'd["cache"]')"
prove 'its metadata says when it was made' like "$(json "$work/head.json" 'd["metadata"]["generated-date"]')" '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-])'
prove 'and of which task it is' is task-17 "$(json "$work/head.json" 'd["metadata"]["task-id"]')"
prove "a file of the worker's is uploaded as well" all "does \"s3cache.attach('posts', '2', path => 'one.png')\"" 'is s3 "$(result location)"' \
    'brings roots/one.png "$(query "select featured_image_url from posts where id = 2")"'
prove 'without a task there is no such metadata' all 'head_of "$(result key)"' "is generated-date \"\$(json '$work/head.json' '\" \".join(d[\"metadata\"])')\""
prove 'a file that is not there is an error of the job, and the caller goes on' all \
    "fails_with file_not_found \"s3cache.attach('posts', '3', path => 'none.png')\"" "holds 'select featured_image_url is null from posts where id = 3'" \
    "holds \"select s3cache.primary_image_of('posts', '3') is null\""
two=$(query "select s3cache.attach('posts', '3', content => $(content images/two.png)), s3cache.attach('posts', '4', content => $(content images/three.png))")
prove 'two of the same second have different names' gives '2|1' "
    select count(distinct result->>'key'), count(distinct substring(result->>'key' from '/([0-9]+)-')) from (
        select (s3cache.wait(j, '100 s')).result from unnest('{${two/|/,}}'::bigint[]) j) r"
prove 'the URL is all that is written into posts' all "gives '4' 'select count(distinct featured_image_url) from posts'" 'is "$posts_before" "$(query "$others")"' \
    "gives 'featured_image_url' \"select string_agg(column_name, ',') from information_schema.column_privileges where grantee = 's3cache_worker' and table_name = 'posts' and privilege_type = 'UPDATE'\""
prove 'the database keeps no bytes of images' all "gives '0|0' 'select (select count(*) from s3cache.staged_content), (select count(*) from s3cache.kept_content)'" \
    '[ "$(pg_dump --data-only "$PGDATABASE" | grep -c 89504e470d0a)" = 0 ]'

# ---------------------------------------------------------------- URLs

featured=$(query 'select featured_image_url from posts where id = 1')
key=${featured#"$cdn/"}
prove 'through the CDN anyone reads, and past it nobody' all 'fetches 200 "$featured"' 'fetches 403 "$store/$bucket/$key"'
spell() {
    query "select s3cache.configure('spelled', cdn_url => '$1')" >"$work/log" && gives "$2" "select s3cache.public_url('generated/1.png', cache => 'spelled')"
}
query "select s3cache.create_cache('spelled', bucket => 'blog-pictures')" >"$work/log"
prove 'the URL of a CDN is its domain and the key' spell d123abc.cloudfront.net https://d123abc.cloudfront.net/generated/1.png
prove 'a scheme or a slash too many does not double' all 'spell https://d123abc.cloudfront.net/ https://d123abc.cloudfront.net/generated/1.png' \
    'spell d123abc.cloudfront.net/ https://d123abc.cloudfront.net/generated/1.png'
# Without an endpoint, and without any worker, it is Amazon's.
without_endpoint() {
    PGDATABASE=${tag}_amazon
    new_database "$PGDATABASE" && timeout 120 s3cache migrate >"$work/migrate.log" && query "select s3cache.create_cache('amazon', bucket => 'blog-pictures')" >"$work/log" &&
        gives https://s3.amazonaws.com/blog-pictures/generated/1.png "select s3cache.public_url('generated/1.png', cache => 'amazon')" &&
        query "select s3cache.configure('amazon', region => 'eu-central-1')" >"$work/log" &&
        gives https://s3.eu-central-1.amazonaws.com/blog-pictures/generated/1.png "select s3cache.public_url('generated/1.png', cache => 'amazon')"
}
encrypted() {
    PGDATABASE=${tag}_amazon
    query "select s3cache.configure('amazon', cdn_url => 'http://d123abc.cloudfront.net')" >"$work/log" &&
        gives https://d123abc.cloudfront.net/generated/1.png "select s3cache.public_url('generated/1.png', cache => 'amazon')"
}
databases+=("${tag}_amazon")
prove 'without a CDN it is that of S3, of the region where that is another' eval '(without_endpoint)'
prove 'all of them are HTTPS, but for servers on this machine: http becomes https' eval '(encrypted)'
prove 'odd names are encoded, and bring their image through the CDN' all "does \"s3cache.upload('generated/ä b+c#1%.png', content => $(content images/2.png))\"" \
    "gives '$cdn/generated/%C3%A4%20b%2Bc%231%25.png' \"select s3cache.url('generated/ä b+c#1%.png')\"" \
    "brings images/2.png \"$cdn/generated/%C3%A4%20b%2Bc%231%25.png\""

# ---------------------------------------------------------------- an image under a name that stays is replaced

prove 'a logo comes through the CDN, which keeps it' all "does \"s3cache.upload('logo.png', content => $(content images/logo.png))\"" \
    "brings images/logo.png $cdn/logo.png" "brings images/logo.png $cdn/logo.png" 'is hit "$(header X-Cache)"'
prove 'and brings the new one as soon as it is replaced' all "does \"s3cache.upload('logo.png', content => $(content images/logo2.png))\"" 'is "done" "$(result purge)"' \
    "brings images/logo2.png $cdn/logo.png"

# ---------------------------------------------------------------- the doctor

gone() { ! bucket "$bucket" keys | grep doctor; }
query "select s3cache.drop_cache('spelled')" >"$work/log"
prove 'the doctor looks at configuration, libraries, credentials, bucket, an upload and its URL, and the version of the schema' all 'runs 0 s3cache doctor' \
    'says "pass  libraries: s3cache "' 'says "pass  configuration: the bucket $bucket"' 'says "pass  credentials: "' 'says "pass  bucket of s3_image_cache: list"' \
    'says "pass  bucket of s3_image_cache: write"' 'says "pass  bucket of s3_image_cache: read"' 'says "pass  bucket of s3_image_cache: delete"' \
    'says "pass  bucket of s3_image_cache: URL: An object came by the CDN"' 'says "pass  database: s3cache $(s3cache --version)"'
prove 'and leaves nothing behind' gone
gateway 'GET doctor 500'
prove 'what fails is told, and ends it with 1' all 'runs 1 s3cache doctor --cache s3_image_cache' 'says "FAIL  bucket of s3_image_cache: read"' 'says "checks failed."'
gateway
prove 'nothing is left behind then either' gone
prove 'secrets are not shown, not even wrong ones' all 'runs 1 env AWS_SECRET_ACCESS_KEY=a-wrong-secret s3cache doctor --cache s3_image_cache' 'says FAIL' '! grep -q a-wrong-secret "$work/out" "$work/err"' \
    '! grep -qF "$secret" "$work/out" "$work/err"'

doctor_of() {
    local setting=$1 text=$2
    query "select s3cache.configure($setting)" >"$work/log"
    runs "$3" s3cache doctor --cache s3_image_cache
    query "select s3cache.reset('s3_image_cache', 'cdn_url')" >"$work/log"
    says "$text"
}
gateway 'GET ^/elsewhere/ 404'
prove 'a CDN that leads elsewhere is told' doctor_of "cdn_url => '$AWS_ENDPOINT_URL/elsewhere'" 'not found (404): let cdn_url' 1
gateway
bucket "$bucket" no-policy
prove 'a CDN that may not read is told, with what to do' all 'runs 1 s3cache doctor --cache s3_image_cache' 'says "refused (403), because the bucket does not let the CDN read: run s3cache setup-bucket --cdn-distribution"'
prove 'which mends it' all "setup 0 --cdn-distribution '$other_arn' --prefix generated/ --archive-after 30 --archive-class STANDARD_IA" 'runs 0 s3cache doctor --cache s3_image_cache'

# ---------------------------------------------------------------- a worker that may put objects, and nothing else

runs 0 s3cache doctor --iam upload --bucket "$bucket" --prefix generated/
prove 'the doctor prints the policy of an upload: it reads, lists and deletes nothing' is 's3:AbortMultipartUpload s3:ListMultipartUploadParts s3:PutObject' "$(actions)"
granted policy.json
json policy.json 'dict(d, Statement=[dict(s, Action="s3:PutObject") for s in d["Statement"]])' >put.json
bucket "$bucket" policy put.json
query "select s3cache.create_cache('put_only', bucket => '$bucket')" >"$work/log"
query "select s3cache.configure('put_only', credentials => 'putonly')" >"$work/log"
prove 'images are uploaded with the right to put objects, and no other' all "does \"s3cache.upload('generated/{unix}-{uuid}.png', content => $(content images/private.png), cache => 'put_only')\"" \
    'bucket "$bucket" keys generated/ | grep -xF "$(result key)"'
prove 'and the doctor tells which features need more' all 'runs 1 env AWS_ACCESS_KEY_ID="$other_key" AWS_SECRET_ACCESS_KEY="$other_secret" s3cache doctor --cache s3_image_cache' \
    'says "It is needed for: "' 'says "other features work without it."'
setup 0 --cdn-distribution "$other_arn" --prefix generated/ --archive-after 30 --archive-class STANDARD_IA >"$work/log"

# ---------------------------------------------------------------- costs, and the next morning

prove 'a report estimates storage, requests and transfer' all 'runs 0 s3cache stats --costs --reads 100 --transfer-price 0.085' 'says "  Storage "' 'says "  Requests "' 'says "  Transfer "' 'says "  Total "' \
    'runs 0 s3cache stats --costs --reads 100 --json' 'is true "$(json "$work/out" "d[\"costs\"][\"total\"] >= d[\"costs\"][\"storage\"] and d[\"costs\"][\"transfer\"] > 0 and d[\"costs\"][\"uploads\"] > 0")"'
stop_worker
prove 'where nothing is uploaded the doctor says why: no worker' all 'runs 0 s3cache doctor --cache s3_image_cache' 'says "No worker of this release is running, so jobs wait; start or restart one with: s3cache worker"'
cp "$workers_log" "$work/first.log"
rm -r "$work/copies" && mkdir "$work/copies" "$work/elsewhere"
cd "$work/elsewhere" || exit 1
mkdir roots
worker_of_the_site
cd "$work/here" || exit 1
prove 'images survive a restart on another machine' all 'brings images/1.png "$featured"' "gives '$featured' \"select s3cache.primary_image_of('posts', '1') ->> 'url'\""
stop_worker
unset AWS_CLOUDFRONT_DOMAIN
start_worker
signed=$(query "select s3cache.presigned_url('logo.png')")
prove 'without a CDN the doctor says that one would be faster' all 'runs 0 s3cache doctor --cache s3_image_cache' 'says "a CDN (cdn_url) would be faster"'
stop_worker
prove 'all requests were signed with version 4' all '[ "$(requests "AWS4-HMAC-SHA256")" -gt 20 ]' \
    'is "" "$(grep -vE " (AWS4-HMAC-SHA256|none) |^HELD" "$work/journal")"' 'is "" "$(grep " none " "$work/journal" | grep -v "elsewhere")"' 'like "$signed" "X-Amz-Algorithm=AWS4-HMAC-SHA256"'
prove 'no secret was written anywhere' all '! grep -rqF "$secret" "$work"/*.log "$work/said" "$work/journal"' '[ "$(pg_dump "$PGDATABASE" | grep -cF "$secret")" = 0 ]'
finish
