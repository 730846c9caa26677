#!/usr/bin/env bash
# Freezes the version in sql/version as released: its schema files may not change from then on, and what it installs is
# kept below sql/test/upgrade, from where every later version is tested to upgrade.
#
#   scripts/release.sh
#
# Needs sqlbundle from S3CACHE_SCRATCH (.build), or S3CACHE_SQLBUNDLE. Commits and tags nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

sqlbundle=${S3CACHE_SQLBUNDLE:-${S3CACHE_SCRATCH:-.build}/debug/sqlbundle}
version=$(cat sql/version)
kept=sql/test/upgrade

stop() {
    echo "release: $1" >&2
    exit 1
}

[ -x "$sqlbundle" ] || stop "there is no $sqlbundle; build it with: swift build --product sqlbundle"
"$sqlbundle" check --sql sql || stop "sql is not fit to be released"
grep -qF "## [$version]" CHANGELOG.md || stop "CHANGELOG.md has no heading for $version"
[ ! -e "$kept/s3cache--$version.sql" ] || stop "$version is released already; raise sql/version"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$sqlbundle" extension --sql sql --out "$work"
"$sqlbundle" migration --sql sql --schema public >"$work/migrate-$version.sql"
# Last what can fail, so that a failure leaves nothing half done.
"$sqlbundle" freeze --sql sql
mkdir -p "$kept"
cp "$work/s3cache--$version.sql" "$work/migrate-$version.sql" "$kept/"
echo "released $version: commit sql/frozen.sum and $kept, then tag v$version and raise sql/version"
