#!/usr/bin/env bash
# A shop whose products' images are in a bucket, and their URLs in SQL: README.md tells what this shows.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317  # lines for `all` are expanded there; example.sh sets and uses variables
set -uo pipefail
cd "$(dirname "$0")" || exit 1
# shellcheck source=examples/support/example.sh
. ../support/example.sh
begin product-images

# ---------------------------------------------------------------- what there is already: a bucket with images in it

pictures 1/image1.jpg 1/image2.png 1/image3.gif 2/front.jpg 2/back.jpg 10/cactus.png 11/mushroom.png default.png new.jpg again.jpg
bucket "$bucket" put 1/ 1/image1.jpg=1/image1.jpg 1/image2.png=1/image2.png 1/image3.gif=1/image3.gif 2/front.jpg=2/front.jpg \
    2/back.jpg=2/back.jpg 10/cactus.png=10/cactus.png 11/mushroom.png=11/mushroom.png default.png=default.png &
filling=$!
bucket "$bucket" many 5/ 1005 &
many=$!
sql "$PGDATABASE" -o "$work/schema" -v bucket="$bucket" -f "$here/schema.sql" || exit 1

# Profiles whose credentials are temporary: of one they end in 40 minutes, of the other in less than a URL has to live.
ends() { echo "{\"Version\": 1, \"AccessKeyId\": \"$key\", \"SecretAccessKey\": \"$secret\", \"Expiration\": \"$(date -u -d "$1" +%FT%TZ)\"}"; }
ends '+40 minutes' >short.json
ends '+4 minutes' >ending.json
printf '[profile %s]\ncredential_process = /bin/cat %s/%s.json\n' short "$PWD" short ending "$PWD" ending >"$AWS_CONFIG_FILE"
printf '[profile wrong]\naws_access_key_id = %s\naws_secret_access_key = not-the-secret\n' "$key" >>"$AWS_CONFIG_FILE"
start_worker S3_BUCKET="$bucket" S3CACHE_ALLOWED_PROFILES='short ending wrong'
wait "$filling" "$many"

images() { echo "s3cache.images('$1', cache => 'product_images')"; }
image_url() { query "select $(images "$1") -> $2 ->> 'url'"; }
keys_of() { echo "select coalesce(string_agg(i ->> 'key', ' '), '') from jsonb_array_elements($(images "$1")) i"; }
# What is compared with itself some moments later may differ where a window ends in between: then again.
steady() {
    local attempt
    for attempt in 1 2 3; do "$@" && return; done
    return 1
}

prove 'the bucket becomes a table' does "s3cache.rebuild('product_images')"
prove "the bucket's name is a setting of the cache" gives "$bucket" "select bucket from s3cache.cache where name = 'product_images'"

# ---------------------------------------------------------------- reading

prove 'images of product 1 are all objects below 1/' gives '1/image1.jpg 1/image2.png 1/image3.gif' "$(keys_of 1/)"
prove 'and none of 10/ or 11/' holds "select bool_and(i ->> 'key' ^@ '1/') from jsonb_array_elements($(images 1/)) i"
prove 'a key that ends in a slash is no image' holds "select not $(images 1/) @> '[{\"key\": \"1/\"}]' and jsonb_array_length($(images 1/)) = 3"
prove 'each has url, filename, key and expires_at' gives 'expires_at,filename,key,url' "
    select distinct (select string_agg(k, ',' order by k) from jsonb_object_keys(i) k) from jsonb_array_elements($(images 1/)) i"
prove 'filename is the last part of the key' holds "
    select bool_and(i ->> 'key' = '1/' || (i ->> 'filename')) from jsonb_array_elements($(images 1/)) i"
prove 'expires_at is an ISO time in UTC with Z, in the future' holds "
    select bool_and(i ->> 'expires_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\$' and (i ->> 'expires_at')::timestamptz > now())
    from jsonb_array_elements($(images 1/)) i"
prove 'the primary image is the first, in the order of the keys' holds "
    select s3cache.primary_image('1/', cache => 'product_images') = $(images 1/) -> 0
        and (select array_agg(i ->> 'key' collate \"C\") = array_agg(i ->> 'key' order by i ->> 'key' collate \"C\") from jsonb_array_elements($(images 1/)) i)"
prove "a binding gives the same by the product's id" holds "
    select s3cache.images_of('amigurumi_product', '1') = $(images 1/) and s3cache.primary_image_of('amigurumi_product', '1') = $(images 1/) -> 0"

url=$(image_url 1/ 0)
prove 'each URL brings its image' all 'brings 1/image1.jpg "$url"' 'brings 1/image2.png "$(image_url 1/ 1)"' 'brings 1/image3.gif "$(image_url 1/ 2)"'
prove 'with another key it brings nothing' fetches 403 "${url/image1.jpg/image2.png}"
last=${url: -1}
prove 'nor with another signature' fetches 403 "${url%?}$([ "$last" = 0 ] && echo 1 || echo 0)"
# Long enough that this machine, however busy, gets there in time.
for life in 2 8 32; do
    expiring=$(query "select s3cache.presigned_url('1/image1.jpg', expires => '$life s', cache => 'product_images')")
    fetches 200 "$expiring" >"$work/log" && break
done

prove 'the endpoint is a local one: no TLS, the bucket in the path' like "$url" "^http://localhost:[0-9]+/$bucket/1/image1\\.jpg\\?X-Amz-"
query "select s3cache.create_cache('localstack', bucket => 'product-image-collection')" >"$work/log"
query "select s3cache.configure('localstack', endpoint => 'http://localhost:4566')" >"$work/log"
prove 'http://localhost:4566 is another one' gives http://localhost:4566/product-image-collection/1/image1.jpg \
    "select s3cache.public_url('1/image1.jpg', cache => 'localstack')"

prove 'URLs live an hour, and are reused until five minutes before their end, unless somebody says otherwise' all \
    "gives '01:00:00|00:05:00|1 day' \"select presign_ttl, presign_margin, presign_reuse from s3cache.cache where name = 'product_images'\"" \
    'like "$url" "X-Amz-Expires=3600&"'
reused() {
    local before
    before=$(requests)
    is "$(query "select $(images 1/)")" "$(query "select $(images 1/)")" && quiet "$before"
}
prove 'who asks again gets the same URLs, and nobody asks the bucket' steady reused

# Of 33,000 names some have a URL with 5 minutes and 1 second left, at any time.
age="(extract(epoch from to_timestamp(substring(url from 'X-Amz-Date=(\w+)'), 'YYYYMMDD\"T\"HH24MISS\"Z\"'))
    + substring(url from 'X-Amz-Expires=(\d+)')::int - asked_at)::int"
ageing() {
    sql "$PGDATABASE" <<SQL
set timezone = 'UTC';
create temp table first as
    select *, $age as life from (
        select n || '.jpg' as f, s3cache.presigned_url(n || '.jpg', cache => 'product_images') as url,
            floor(extract(epoch from statement_timestamp())) as asked_at from generate_series(1, 33000) n) u;
select pg_sleep(1.1) \g $work/slept
create temp table later as
    select *, $age as life from (
        select f, s3cache.presigned_url(f, cache => 'product_images') as url, floor(extract(epoch from statement_timestamp())) as asked_at
        from first where life < 400) u;
select min(life), (select min(life) from later) from first;
select coalesce(bool_and(l.url = f.url), false) from first f join later l using (f) where f.life - (l.asked_at - f.asked_at) >= 301;
select coalesce(bool_and(l.url <> f.url and l.life > 3300), false) from first f join later l using (f) where f.life - (l.asked_at - f.asked_at) <= 300;
SQL
}
# -> the least life of both, whether what had more stayed, whether what would have had less changed
ageing >"$work/ageing"
prove 'no URL ever has five minutes or less left' is '301|301' "$(sed -n 1p "$work/ageing")"
prove 'with five minutes and a second left a URL is reused' is t "$(sed -n 2p "$work/ageing")"
prove 'with five minutes, or less, another one is given, without anybody asking for that' is t "$(sed -n 3p "$work/ageing")"

query "select s3cache.configure('localstack', presign_ttl => '2 hours', presign_reuse => '30 minutes')" >"$work/log"
prove 'both times are settings' holds "
    set timezone = 'UTC'; select min(life) between 5401 and 5410 and max(life) <= 7200 from (
        select $age as life from (
            select s3cache.presigned_url(n || '.jpg', cache => 'localstack') as url, floor(extract(epoch from statement_timestamp())) as asked_at
            from generate_series(1, 9000) n) u) l"

for profile in short ending wrong; do
    query "select s3cache.create_cache('$profile', bucket => '$bucket')" >"$work/log"
    query "select s3cache.configure('$profile', credentials => '$profile')" >"$work/log"
done
short_lived() {
    wait_until "select s3cache.url('1/image1.jpg', cache => 'short') is not null" && holds "
        set timezone = 'UTC'; select min(life) > 300 and max(life) <= 2400 from (
            select $age as life from (
                select s3cache.presigned_url(n || '.jpg', cache => 'short') as url, floor(extract(epoch from statement_timestamp())) as asked_at
                from generate_series(1, 3000) n) u) l" &&
        brings 1/image1.jpg "$(query "select s3cache.url('1/image1.jpg', cache => 'short')")"
}
prove 'with temporary credentials URLs end before these do' short_lived
prove 'and there are none once these end in less than five minutes' holds "select s3cache.url('1/image1.jpg', cache => 'ending') is null"

lazy() {
    sql "$PGDATABASE" <<'SQL'
begin;
set local track_functions = 'all';
create temp table counted (calls bigint);
select count(*) as products, max(name) as name from amigurumi_product p left join product_images i on i.filename ^@ (p.id || '/') \g /dev/null
insert into counted select coalesce(sum(pg_stat_get_xact_function_calls(oid)), 0) from pg_proc where pronamespace = 's3cache'::regnamespace;
select s3cache.url('1/image1.jpg', cache => 'product_images') \g /dev/null
select calls = 0, coalesce(sum(pg_stat_get_xact_function_calls(oid)), 0) > 0 from counted, pg_proc where pronamespace = 's3cache'::regnamespace group by calls;
rollback;
SQL
}
prove 'reading products without their images signs nothing' eval 'is "t|t" "$(lazy)"'
prove 'no column of the table is about images' gives 0 "
    select count(*) from information_schema.columns where table_name = 'amigurumi_product' and column_name ~ 'image|path|url|s3'"
prove 'one SELECT gives products as JSON with images and primary_image beside their own columns' gives \
    '1 Cute Bear 25.00 3 1/image1.jpg|2 Small Cat 19.50 2 2/back.jpg|12 Not photographed yet 30.00 0 -' "
    select string_agg(concat_ws(' ', j ->> 'id', j ->> 'name', j ->> 'price', jsonb_array_length(j -> 'images'), coalesce(j -> 'primary_image' ->> 'key', '-')), '|' order by (j ->> 'id')::int)
    from (
        select to_jsonb(p) || jsonb_build_object('images', i, 'primary_image', i -> 0) as j
        from amigurumi_product p, s3cache.images_of('amigurumi_product', p.id::text) i where id in (1, 2, 12)) r"
prove 'one query gives the URLs of many products' gives '1010|1010' "
    select count(*), count(distinct i ->> 'url') from amigurumi_product p, jsonb_array_elements(s3cache.images_of('amigurumi_product', p.id::text)) i where p.id in (1, 2, 5)"
prove 'a product may have more than 1,000 images' gives '1005 5/0000.png 5/1004.png' "
    select concat_ws(' ', jsonb_array_length(i), i -> 0 ->> 'key', i -> 1004 ->> 'key') from $(images 5/) i"
prove 'the last of which comes too' fetches 200 "$(image_url 5/ 1004)"

# concurrent: many sessions, right after all URLs were made invalid.
concurrent() {
    local before session
    before=$(requests)
    query "select s3cache.invalidate(null, 'product_images')" >"$work/log"
    local pids=()
    for session in $(seq 12); do
        query "select $(images 1/)" >"$work/session.$session" &
        pids+=($!)
    done
    wait "${pids[@]}"
    is 1 "$(cat "$work"/session.* | sort -u | wc -l)" && quiet "$before"
}
prove 'twelve who read at once after that get the same URLs, and nobody asks the bucket' steady concurrent

# ---------------------------------------------------------------- writing

prove 'an upload goes below the product' all \
    "does \"s3cache.attach('amigurumi_product', '1', content => $(content new.jpg), filename => 'new.jpg')\"" \
    'is 1/new.jpg "$(result key)"' 'bucket "$bucket" head 1/new.jpg'
prove 'and the next read has it' gives '1/image1.jpg 1/image2.png 1/image3.gif 1/new.jpg' "$(keys_of 1/)"
prove 'with a URL that brings it' brings new.jpg "$(image_url 1/ 3)"
prove 'deleting removes the object' all "does \"s3cache.delete_object('1/new.jpg', cache => 'product_images')\"" '! bucket "$bucket" head 1/new.jpg'
prove 'and the next read leaves it out' gives '1/image1.jpg 1/image2.png 1/image3.gif' "$(keys_of 1/)"

invalidated() {
    local one other
    one=$(image_url 1/ 0) other=$(image_url 2/ 0)
    query "select s3cache.invalidate('1/', 'product_images')" >"$work/log"
    [ "$one" != "$(image_url 1/ 0)" ] && is "$other" "$(image_url 2/ 0)"
}
prove 'a product is given new URLs, and the others keep theirs' steady invalidated
cleared() {
    local one other
    one=$(image_url 1/ 0) other=$(image_url 2/ 0)
    query "select s3cache.invalidate(null, 'product_images')" >"$work/log"
    [ "$one" != "$(image_url 1/ 0)" ] && [ "$other" != "$(image_url 2/ 0)" ]
}
prove 'all products are given new URLs' cleared
refreshed() {
    local one
    one=$(image_url 1/ 0)
    [ "$one" != "$(query "select s3cache.images('1/', cache => 'product_images', force_refresh => true) -> 0 ->> 'url'")" ]
}
# What was signed at this very second would be the same.
prove 'who insists gets fresh URLs' until_succeeds refreshed

query "select s3cache.configure('product_images', default_image => 'default.png')" >"$work/log"
prove 'without images a default image stands in, and says so' all "gives 'default.png|true' \"select i -> 0 ->> 'key', i -> 0 -> 'is_default' from s3cache.images_of('amigurumi_product', '12') i\"" \
    "brings default.png \"\$(image_url 12/ 0)\""
query "select s3cache.reset('product_images', 'default_image')" >"$work/log"

# ---------------------------------------------------------------- the command line, in one of four environments

{
    for stack in local demo stage prod; do printf '[%s]\npgdatabase = %s_%s\ns3_bucket = %s-%s\n\n' $stack "$PGDATABASE" $stack "$bucket" $stack; done
} >s3cache.ini
stacks() {
    local pids=() one
    for one in local demo stage prod; do
        (new_database "${PGDATABASE}_$one" && PGDATABASE=${PGDATABASE}_$one timeout 120 s3cache migrate >"$work/migrate.$one") &
        pids+=($!)
        databases+=("${PGDATABASE}_$one")
        make_bucket "$bucket-$one" &
        pids+=($!)
    done
    wait "${pids[@]}"
    buckets+=("$bucket-local" "$bucket-demo" "$bucket-stage" "$bucket-prod")
}
stacks
upload_to() { runs 0 s3cache upload-images --stack "$1" --product-id 1 --images ./1/image1.jpg ./1/image2.png; }
row="select string_agg(filename || ' ' || state || ' ' || content_type || ' ' || width, ', ' order by filename) from s3_image_cache"
prove 'the command line uploads several files of a product' all 'upload_to local' 'says "Uploaded 2 of 2 files"'
in_stack() {
    upload_to "$1" && PGDATABASE=${PGDATABASE}_$1 gives '1/image1.jpg present image/jpeg 1, 1/image2.png present image/png 1' "$row" &&
        is '1/image1.jpg 1/image2.png' "$(bucket "$bucket-$1" keys | paste -sd ' ')"
}
prove '--stack chooses database and bucket of one of four environments' all 'in_stack demo' 'in_stack stage' 'in_stack prod'
prove 'files go where those of SQL go: a job, a row, a URL' all \
    "runs 0 s3cache upload-images --product-id 2 --images again.jpg --cache product_images" \
    "gives 'upload_file|done' \"select kind, state from s3cache.jobs where result->>'filename' = '2/again.jpg'\"" \
    "gives '2/again.jpg|image/jpeg|present' \"select filename, content_type, state from product_images where filename = '2/again.jpg'\"" \
    'brings again.jpg "$(image_url 2/ 0)"'
pictures photos/side.png photos/top.jpg photos/detail.gif
echo 'no image' >photos/notes.txt
prove 'a directory: every image in it, and nothing else' all \
    "runs 0 s3cache upload-images --product-id 11 --image-dir photos --cache product_images" \
    "gives '11/detail.gif 11/mushroom.png 11/side.png 11/top.jpg' \"\$(keys_of 11/)\""
cleared_by_command() {
    local one other
    one=$(image_url 1/ 0) other=$(image_url 2/ 0)
    runs 0 s3cache upload-images --clear-cache --cache product_images && [ "$one" != "$(image_url 1/ 0)" ] && [ "$other" != "$(image_url 2/ 0)" ]
}
prove '--clear-cache gives all products new URLs' cleared_by_command

# ---------------------------------------------------------------- when something is wrong

still() { gives '1/image1.jpg 1/image2.png 1/image3.gif' "$(keys_of 1/)"; }
gateway '* . drop'
away=$(query "select s3cache.rebuild('product_images', prefix => '1/')")
prove 'while the bucket is away its job waits and says why, and reads go on' all \
    "wait_until \"select error is not null from s3cache.jobs where id = $away\"" still 'logged "endpoint_unreachable|unavailable"'
gateway
query "select s3cache.retry($away)" >"$work/log" 2>&1
prove 'and ends when it is back' gives 'done' "select state from s3cache.wait($away, '100 s')"
query "select s3cache.create_cache('nowhere', bucket => 'nowhere-$tag')" >"$work/log"
prove 'a bucket that is missing is told' all 'fails_with no_such_bucket "s3cache.rebuild('\''nowhere'\'')"' still 'logged no_such_bucket'
prove 'so are credentials that are wrong' all 'fails_with credentials_invalid "s3cache.rebuild('\''wrong'\'')"' still 'logged credentials_invalid'
query "insert into product_images (filename) values ('1/never.jpg')" >"$work/log"
prove 'an object that is missing is in no images, and has no URL' all \
    "wait_until \"select state = 'missing' from product_images where filename = '1/never.jpg'\"" still \
    "holds \"select s3cache.url('1/never.jpg', cache => 'product_images') is null\""
query "insert into ending (filename) values ('1/image1.jpg')" >"$work/log"
prove 'an image whose URL cannot be made says so: that is not the same as no images' all \
    "holds \"select i -> 0 -> 'url' = 'null' and i -> 0 ->> 'error' like '%signing key%' from s3cache.images('1/', cache => 'ending') i\"" \
    "gives '[]' \"select s3cache.images('3/', cache => 'ending')\"" 'logged ending'
prove 'and ends no SELECT over others' gives '|t' "
    select s3cache.url(f, cache => c), s3cache.url('1/image1.jpg', cache => 'product_images') is not null from (values ('1/image1.jpg', 'ending')) v (f, c)"

stop_worker
# Without an endpoint it is Amazon's, with credentials from where its tools look for them; nothing is asked there.
printf '[shop]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example\n' >"$AWS_SHARED_CREDENTIALS_FILE"
query "select s3cache.drop_cache(name) from s3cache.cache where name in ('short', 'ending', 'wrong', 'nowhere', 'localstack')" >"$work/log"
before=$(requests)
(
    unset AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    start_worker AWS_PROFILE=shop
    prove "without an endpoint URLs are Amazon's, signed with the profile's key" all \
        "wait_until \"select s3cache.url('1/image1.jpg', cache => 'product_images') like '%Credential=AKIDEXAMPLE%'\"" \
        "holds \"select s3cache.url('1/image1.jpg', cache => 'product_images') like 'https://$bucket.s3.us-east-1.amazonaws.com/1/image1.jpg?X-Amz-%'\""
    stop_worker
    finish
) || failures=$((failures + 1))
prove 'an expired URL brings nothing' until_succeeds fetches 403 "$expiring"
finish
