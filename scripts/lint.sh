#!/usr/bin/env bash
# Checks the form of everything: Swift, the SQL tree, and the shell scripts where shellcheck is installed.
# Takes sqlbundle from S3CACHE_SCRATCH (.build), where `make lint` and `make test` build it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

status=0
swift format lint --strict --parallel --recursive Package.swift Plugins Sources Tests bench || status=1
"${S3CACHE_SCRATCH:-.build}/debug/sqlbundle" check --sql sql || status=1
if command -v shellcheck >/dev/null; then
    find . -path './.*' -prune -o -name '*.sh' -print0 | xargs -0 -r shellcheck || status=1
fi
exit $status
