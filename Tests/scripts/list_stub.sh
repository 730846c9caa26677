#!/usr/bin/env bash
# The stub that benchmarks list: boto3 sees the same bucket page by page, behind any point and by prefix; its faults are
# those that it is told to have, on the pages that they are meant for.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

PYTHONDONTWRITEBYTECODE=1 timeout 900 "${S3CACHE_VENV:-.build/venv}/bin/python" Tests/Support/list_stub.py \
    "$(dirname "$program")/ListStub"
