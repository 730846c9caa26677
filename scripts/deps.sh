#!/usr/bin/env bash
# Installs what is missing to build and test s3cache on Debian; says nothing when nothing is.
#
#   scripts/deps.sh build    what building needs
#   scripts/deps.sh demo     that, and a PostgreSQL server
#   scripts/deps.sh          that, and what the tests and benchmarks need, S3 servers among it
#
# Without root it installs nothing and prints the line that an administrator would run.
# PG_MAJOR chooses the server (15); with PG_CONFIG set, the server it belongs to is used as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

scope=${1:-all}
major=${PG_MAJOR:-15}
venv=${S3CACHE_VENV:-.build/venv}

packages=(libpq-dev libcurl4-openssl-dev libssl-dev libxml2-dev zlib1g-dev pkg-config make)
if [ -z "${PG_CONFIG:-}" ]; then
    packages+=("postgresql-server-dev-$major")
fi
if [ "$scope" != build ] && [ -z "${PG_CONFIG:-}" ]; then
    packages+=("postgresql-$major")
fi
if [ "$scope" = all ]; then
    packages+=(python3-venv openssl haproxy pgbouncer tmux zsh radosgw ceph-mon ceph-osd ceph-common)
    if [ -z "${PG_CONFIG:-}" ]; then
        packages+=("postgresql-$major-pgtap" "postgresql-$major-plpgsql-check" libtap-parser-sourcehandler-pgtap-perl)
    fi
fi

if ! command -v dpkg-query >/dev/null; then
    echo "deps: this is not Debian; what s3cache needs is known here by these names: ${packages[*]}" >&2
else
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
    missing=()
    for package in "${packages[@]}"; do
        grep -qx "installed $package" <<<"$installed" || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        if [ "$(id -u)" -ne 0 ]; then
            echo "deps: missing packages. An administrator installs them with:" >&2
            echo "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
            exit 1
        fi
        echo "deps: installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        log=$(mktemp)
        policy=/usr/sbin/policy-rc.d
        restore_policy() {
            if grep -qs s3cache "$policy"; then rm "$policy"; fi
            if [ -e "$policy.s3cache-kept" ]; then mv "$policy.s3cache-kept" "$policy"; fi
        }
        restore_policy  # where an earlier run was killed
        trap 'rm -f "$log"; restore_policy' EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        # Packages of servers start them; ours are started by tests and stopped again. Those that were here stay as they are.
        if [ -e "$policy" ]; then mv "$policy" "$policy.s3cache-kept"; fi
        printf '#!/bin/sh\n# s3cache: while scripts/deps.sh installs\nexit 101\n' >"$policy"
        chmod 0755 "$policy"
        options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
        clusters=/etc/postgresql-common/createcluster.conf
        if [[ " ${missing[*]} " == *" postgresql-$major "* ]] && [ ! -e $clusters ]; then
            # Debian's package would make and start a server of its own; demo and tests start theirs and stop it.
            mkdir -p "${clusters%/*}"
            echo 'create_main_cluster = false' >$clusters
            options+=(-o Dpkg::Options::=--force-confold)
        fi
        if ! { timeout 300 apt-get "${options[@]}" update &&
            timeout 1200 apt-get "${options[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
            tail -n 30 "$log" >&2
            echo "deps: apt-get could not install ${missing[*]}" >&2
            exit 1
        fi
        # Nor at the next start of the machine, where systemd would.
        units=()
        [[ " ${missing[*]} " != *" haproxy "* ]] || units+=(haproxy.service)
        [[ " ${missing[*]} " != *" ceph-"* ]] || units+=(ceph.target ceph-crash.service rbdmap.service)
        if [ ${#units[@]} -gt 0 ] && command -v systemctl >/dev/null; then
            systemctl --quiet disable "${units[@]}" >/dev/null 2>&1 || true
        fi
        restore_policy
    fi
fi

if ! command -v swift >/dev/null; then
    cat >&2 <<'SWIFT'
deps: there is no Swift compiler in PATH. s3cache needs Swift 6.2 or later; https://www.swift.org/install/linux says how:
  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz && tar zxf swiftly-*.tar.gz && ./swiftly init
SWIFT
    exit 1
fi

[ "$scope" = all ] || exit 0

# The stamp holds the requirements that the environment was made for.
if ! cmp -s scripts/requirements.txt "$venv/requirements.txt"; then
    echo "deps: making the Python environment $venv"
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv"
    timeout 300 "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements.txt
    cp scripts/requirements.txt "$venv/requirements.txt"
fi
