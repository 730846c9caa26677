#!/usr/bin/env bash
# Acts out the examples on Ceph RGW, all at the same time. Needs the PG* and S3CACHE_TEST_RGW_* variables that scripts/test.sh sets.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

export AWS_ENDPOINT_URL=${S3CACHE_TEST_RGW_ENDPOINT:?} AWS_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_ACCESS_KEY:?}
export AWS_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_SECRET_KEY:?} OTHER_ARN=arn:aws:iam:::user/other
export OTHER_ACCESS_KEY_ID=${S3CACHE_TEST_RGW_OTHER_ACCESS_KEY:?} OTHER_SECRET_ACCESS_KEY=${S3CACHE_TEST_RGW_OTHER_SECRET_KEY:?}
running=()
# shellcheck disable=SC2317  # called by the trap
leave_all() {
    [ ${#running[@]} -eq 0 ] || kill "${running[@]}" 2>"$work/kill.log"
    wait
    leave
}
trap leave_all EXIT
examples=()
for example in examples/*/run.sh; do
    name=$(basename "$(dirname "$example")")
    timeout 570 "$example" >"$work/$name.log" 2>&1 &
    running+=($!)
    examples+=("$name")
done
for number in "${!examples[@]}"; do
    wait "${running[$number]}"
    status=$?
    cat "$work/${examples[$number]}.log"
    prove "the example ${examples[$number]} ran to its end" test "$status" -eq 0
done
running=()
finish
