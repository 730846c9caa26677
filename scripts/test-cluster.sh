#!/usr/bin/env bash
# A PostgreSQL cluster of one's own for tests, in a directory of its own, reached by unix socket only.
#
#   scripts/test-cluster.sh start DIR    make the cluster in DIR (which may exist) and start it
#   scripts/test-cluster.sh env DIR      print the exports that let psql, libpq and the tests find it
#   scripts/test-cluster.sh stop DIR     stop it; DIR stays
#
# PG_CONFIG chooses the server. S3CACHE_TEST_LOG_STATEMENT=all logs every statement into DIR/server.log.
# S3CACHE_TEST_FSYNC=on makes the disk real: by default fsync is off, which is as good as on when only processes are
# killed (what a server wrote survives in the kernel), and loses data only when the machine itself goes down.
# synchronous_commit stays on: with it off, a killed server would lose commits that it had acknowledged.
# S3CACHE_TEST_SETTINGS: further lines for postgresql.conf.
set -euo pipefail

usage() {
    sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//' >&2
    exit 2
}

[ $# -eq 2 ] || usage
command=$1
case $command in start | stop | env) ;; *) usage ;; esac
[ "$command" != start ] || mkdir -p "$2"
dir=$(cd "$2" && pwd)
bin=$("${PG_CONFIG:-pg_config}" --bindir)

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- env -C / "$@"
    else
        "$@"
    fi
}

start() {
    if [ ${#dir} -gt 88 ]; then
        echo "test-cluster: $dir is too long a path for a unix socket (88 bytes at most)" >&2
        exit 1
    fi
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$dir"
        chmod 0755 "$dir"
    fi
    if [ ! -e "$dir/data/PG_VERSION" ]; then
        as_server timeout 120 "$bin/initdb" -D "$dir/data" -U postgres --locale=C.UTF-8 -E UTF8 -A trust --no-sync \
            >"$dir/initdb.log" 2>&1 || fail initdb.log
        as_server tee -a "$dir/data/postgresql.conf" >/dev/null <<CONF

# scripts/test-cluster.sh
listen_addresses = ''
unix_socket_directories = '$dir'
port = 5432
max_connections = 200
max_prepared_transactions = 10
shared_buffers = 256MB
max_wal_size = 4GB
fsync = ${S3CACHE_TEST_FSYNC:-off}
full_page_writes = ${S3CACHE_TEST_FSYNC:-off}
synchronous_commit = on
log_min_messages = warning
log_line_prefix = '%m [%p] %u@%d %a: '
log_statement = '${S3CACHE_TEST_LOG_STATEMENT:-none}'
log_lock_waits = on
lc_messages = 'C'
timezone = 'UTC'
${S3CACHE_TEST_SETTINGS:-}
CONF
    fi
    as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 -s start >/dev/null 2>&1 || fail server.log
}

fail() {
    echo "test-cluster: cannot start; the end of $dir/$1:" >&2
    tail -n 20 "$dir/$1" >&2 || true
    exit 1
}

stop() {
    [ -e "$dir/data/postmaster.pid" ] || return 0
    as_server "$bin/pg_ctl" -D "$dir/data" -m fast -w -t 30 -s stop ||
        as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 30 -s stop
}

case $command in
    start) start ;;
    stop) stop ;;
    env) printf "export PGHOST='%s' PGPORT=5432 PGUSER=postgres PGDATABASE=postgres\n" "$dir" ;;
esac
