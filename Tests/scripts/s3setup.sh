#!/usr/bin/env bash
# `s3cache setup-bucket` on Ceph RGW and OpenStack Swift: what boto3 sees of the buckets before and after.
# Needs the S3CACHE_TEST_* variables that scripts/test.sh sets, and no database.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

python=${S3CACHE_VENV:-.build/venv}/bin/python
bucket=setup-$$
user() {
    local server=S3CACHE_TEST_$1_ENDPOINT key=S3CACHE_TEST_$2_ACCESS_KEY secret=S3CACHE_TEST_$2_SECRET_KEY
    export AWS_ENDPOINT_URL=${!server:?} AWS_ACCESS_KEY_ID=${!key:?} AWS_SECRET_ACCESS_KEY=${!secret:?}
}
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/nonexistent AWS_SHARED_CREDENTIALS_FILE=/nonexistent
unset S3_BUCKET AWS_REGION AWS_PROFILE DATABASE_URL "${!PG@}"
sees() { timeout 120 "$python" Tests/Support/s3bucket.py "$AWS_ENDPOINT_URL" "$@"; }
as_other() { (user RGW RGW_OTHER && "$@"); }
setup() { timeout 300 "$program" setup-bucket --bucket "$@"; }
# exits CODE TEXT COMMAND…: with this code, and says this.
exits() {
    local code=$1 text=$2 said status=0
    shift 2
    said=$("$@" 2>&1) || status=$?
    [ $status -eq "$code" ] && [[ $said == *"$text"* ]] && return
    echo "exit $status: $said" && return 1
}
# nothing_to_do COMMAND…: succeeds without a step that changes anything.
nothing_to_do() {
    local said
    said=$("$@" 2>&1) && ! grep -Eq '^(done|missing|FAIL)' <<<"$said" && return
    echo "$said" && return 1
}

user RGW RGW
prove 'a bucket that is absent is told by exit 1' exits 1 'does not exist' setup "$bucket" --check-only
prove 'and is not made by that' sees "$bucket" absent
prove 'a bucket is made with the rules of the archive' exits 0 'is ready' setup "$bucket" --region us-east-1
prove 'it exists' sees "$bucket" exists
prove 'objects below cache/ move to Glacier after 90 days' sees "$bucket" rule s3cache-archive cache/ Transitions '[{"Days": 90, "StorageClass": "GLACIER"}]'
prove 'uploads in parts are aborted after 7 days' sees "$bucket" rule s3cache-abort-uploads '' AbortIncompleteMultipartUpload '{"DaysAfterInitiation": 7}'
prove 'the probe is gone' sees "$bucket" empty
prove 'versioning is only for those who ask' sees "$bucket" versioning never
prove 'doing it again changes nothing' nothing_to_do setup "$bucket"
prove 'a check finds it' exits 0 'nothing was changed' setup "$bucket" --check-only

prove 'others write rules of their own' sees "$bucket" theirs
prove 'a check tells what is missing' exits 0 'missing  versioning' setup "$bucket" --check-only --enable-versioning
sees "$bucket" everything >"$work/before"
all=(--enable-versioning --archive-after 30 --prefix old/ --abort-after 2 --cors-origin https://a.example
    --cdn-distribution arn:aws:iam:::user/other)
prove 'a check with all options' exits 0 'missing  policy' setup "$bucket" --check-only "${all[@]}"
sees "$bucket" everything >"$work/after"
prove 'changed nothing' same "$work/before" "$work/after"
prove 'another user may not read' exits 1 AccessDenied as_other sees "$bucket" get old/x.jpg
prove 'everything at once' exits 0 'is ready' setup "$bucket" "${all[@]}"
prove 'what others wrote is still there' sees "$bucket" kept
prove 'versioning is on' sees "$bucket" versioning Enabled
prove 'the new days are in force' sees "$bucket" rule s3cache-archive old/ Transitions '[{"Days": 30, "StorageClass": "GLACIER"}]'
prove 'and those of aborts' sees "$bucket" rule s3cache-abort-uploads '' AbortIncompleteMultipartUpload '{"DaysAfterInitiation": 2}'
prove 'pages may upload' sees "$bucket" origins https://a.example
prove 'an object' sees "$bucket" put old/x.jpg
prove 'may be read by who reads for the CDN' as_other sees "$bucket" get old/x.jpg
prove 'and not be written by him' exits 1 AccessDenied as_other sees "$bucket" put old/y.jpg
sees "$bucket" everything >"$work/before"
prove 'all of it again changes nothing' nothing_to_do setup "$bucket" "${all[@]}"
sees "$bucket" everything >"$work/after"
prove 'in what boto3 sees either' same "$work/before" "$work/after"
prove 'another origin is added' exits 0 'is ready' setup "$bucket" "${all[@]}" --cors-origin https://b.example
prove 'to the first one' sees "$bucket" origins https://a.example https://b.example
prove 'another prefix gets a rule of its own' exits 0 'is ready' setup "$bucket"
prove 'beside the first' sees "$bucket" rule s3cache-archive-2 cache/ Transitions '[{"Days": 90, "StorageClass": "GLACIER"}]'
prove 'and what others wrote is still there' sees "$bucket" kept

prove 'a bucket that everyone may write to' sees "$bucket" acl public-read-write
prove 'is not ready' exits 1 'Everyone may write' setup "$bucket"
prove 'the ACL is taken back' sees "$bucket" acl private
# Ceph RGW 16 refuses every PUT into a bucket that blocks public ACLs, its owner's too; the probe tells.
prove 'nothing may open it from now on' exits 1 'done     public access block' setup "$bucket" --block-public-access
prove 'for good' sees "$bucket" blocked
prove 'a server that then takes no writes is found out' exits 1 'FAIL     access: write' setup "$bucket"
prove 'the block is taken back' sees "$bucket" unblock
prove 'a region that it is not in is told' exits 0 'warn     region' setup "$bucket" --region us-west-2
prove 'and a new bucket goes where there is room' exits 0 'knows no region us-west-2' setup "$bucket-west" --region us-west-2
prove 'where it exists' sees "$bucket-west" exists
prove 'the bucket of another account fails clearly' exits 1 'owned by another account' as_other setup "$bucket"
prove 'and is no ready one for a check' exits 1 'owned by another account' as_other setup "$bucket" --check-only
prove 'wrong keys are told' exits 1 'check access key id' env AWS_SECRET_ACCESS_KEY=wrong "$program" setup-bucket --bucket "$bucket"
prove 'a profile that is missing is told' exits 1 '"nobody"' setup "$bucket" --profile nobody
prove 'JSON is one document' exits 0 '"exists" : true' setup "$bucket" --check-only --json
for option in '--cors-origin example.com' '--cdn-distribution E1' '--archive-after -1' '--abort-after x' '--archive-class gla-cier'; do
    # shellcheck disable=SC2086  # two words
    prove "usage: $option" exits 2 "${option% *}" setup "$bucket" $option
done
for one in "$bucket" "$bucket-west"; do sees "$one" remove || echo "not ok $one is removed"; done

user SWIFT SWIFT
prove 'Swift: a bucket is made, and what it does not offer fails nothing' exits 0 'is ready' setup "$bucket" --enable-versioning \
    --cors-origin https://a.example --cdn-distribution arn:aws:iam:::user/other
prove 'Swift: what it does not offer is told' exits 0 'lifecycle: This server does not offer it.' setup "$bucket"
prove 'Swift: versioning is on' sees "$bucket" versioning Enabled
prove 'Swift: the probe is gone' sees "$bucket" empty
prove 'Swift: a check finds it' exits 0 'nothing was changed' setup "$bucket" --check-only
sees "$bucket" remove || echo 'not ok the bucket on Swift is removed'
finish
