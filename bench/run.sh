#!/usr/bin/env bash
# Runs the benchmarks against a PostgreSQL cluster of its own, and prints tables. Nothing here passes or fails.
#
#   bench/run.sh [PART]…
#
# Parts: signing (presigned URLs a second on one core); urls (the same by SQL over 300,000 rows, beside boto3 and others; S3CACHE_BENCH_URLS for
# another number); rebuild (a bucket into a table, beside other ways to do that: see below); uploads (files into a bucket, beside s5cmd, rclone and
# boto3, on one Ceph RGW; S3CACHE_BENCH_SMALL, 2000, files of 20 KB and S3CACHE_BENCH_LARGE, 4, of 256 MB; S3CACHE_BENCH_UPLOADS_AT_ONCE, 16;
# S3CACHE_BENCH_ROUNDS, 1: with more, the median); archive (the files of a table's rows, and their URLs back into the table, beside a script with
# boto3 and psycopg, alone and with 16 threads; S3CACHE_BENCH_ARCHIVED, 5000, files of 50 KB; S3CACHE_BENCH_ROUNDS, 3); jobs (the queue beside procrastinate and pgqueuer,
# on the same server with the same durability; S3CACHE_BENCH_QUEUED, 1,000,000, and S3CACHE_BENCH_HELD, 60 s, for its long parts). All of them by
# default. `make bench` builds first.
#
# Of rebuild: S3CACHE_BENCH_OBJECTS (1000000); S3CACHE_BENCH_LATENCY (50), milliseconds a page; S3CACHE_BENCH_SHAPES, the distributions of keys (all of
# ListStub's); S3CACHE_BENCH_PEERS (uuid), those on which the peers list all objects, which takes each of them a minute, or `all`: on the
# others they list a fifth, and the rest is extrapolated; S3CACHE_BENCH_CONNECTIONS (64), those of the ideal; S3CACHE_BENCH_WORKER, further
# options of our worker; S3CACHE_BENCH_REBUILD, some of `latency plain memory` (all).
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=${S3CACHE_SCRATCH:-.build}
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(signing urls rebuild uploads archive jobs)

work=$(mktemp -d "${TMPDIR:-/tmp}/s3cache-bench.XXXXXX")
chmod 0711 "$work"  # the server, which never runs as root, keeps its files below
finish() {
    [ ! -d "$work/s3" ] || scripts/test-s3.sh stop "$work/s3" || true
    scripts/test-cluster.sh stop "$work/pg" || true
    rm -rf "$work"
}
trap finish EXIT

# Unlike in tests, what is written is really on disk when a COMMIT returns.
S3CACHE_TEST_FSYNC=on S3CACHE_TEST_SETTINGS=$'shared_buffers = 1GB\nmin_wal_size = 4GB\nmax_wal_size = 8GB' scripts/test-cluster.sh start "$work/pg"
eval "$(scripts/test-cluster.sh env "$work/pg")"
# As on a server that has been in use, WAL goes into files that are there already: making them is a fifth of a COPY's work.
psql -qXAtc "select count(pg_logical_emit_message(false, 'bench', repeat('x', 16000000))) from generate_series(1, 75)" -c checkpoint -o "$work/wal.log"

build() {
    swift build --scratch-path "$scratch" -c release --static-swift-stdlib -Xswiftc -use-ld=lld --product "$1" >"$work/build.log" 2>&1 ||
        { cat "$work/build.log"; return 1; }
}

bench_signing() {
    build SignBench
    echo "== signing, one thread of $(nproc) cores"
    timeout 120 "$scratch/release/SignBench"
}

# No server is asked for anything: keys for the days around today are enough to sign with.
bench_urls() {
    local python=${S3CACHE_VENV:-.build/venv}/bin/python others=$scratch/bench-python
    build SignBench
    build sqlbundle
    [ -d "$others" ] || timeout 300 "$python" -m pip install --quiet --target "$others" -r bench/requirements.txt >"$work/pip.log" 2>&1 ||
        { rm -rf "$others"; tail -n 1 "$work/pip.log"; }
    createdb bench
    "$scratch/release/sqlbundle" migration --sql sql --schema public | psql -qXd bench -v ON_ERROR_STOP=1 -o "$work/urls.log"
    {
        cat sql/test/support/signing.sql
        echo "
            call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
            select s3cache.configure(bucket => 'example-bucket', region => 'eu-central-1');
            insert into s3_image_cache (filename, state)
            select format('products/%s/front-%s.jpg', 10000000 + g, g % 7), 'present' from generate_series(1, ${S3CACHE_BENCH_URLS:-300000}) g;
            vacuum analyze s3_image_cache;"
    } | psql -XqAtd bench -v ON_ERROR_STOP=1 -o "$work/urls.log"
    echo "== urls, $(psql -XAtc 'show server_version') on $(nproc) cores"
    PGDATABASE=bench PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$others timeout 900 "$python" bench/urls.py "$scratch/release/SignBench"
    dropdb bench
}

bench_rebuild() {
    local peers=$scratch/rebuild-peers
    build ListStub
    build s3cache
    [ -x "$peers/bin/python" ] || python3 -m venv "$peers"
    timeout 600 "$peers/bin/pip" install -q --disable-pip-version-check -r bench/rebuild/requirements.txt
    echo "== rebuild, $(psql -XAtc 'show server_version') on $(nproc) cores"
    PYTHONDONTWRITEBYTECODE=1 timeout 7200 "$peers/bin/python" bench/rebuild/main.py "$scratch/release/s3cache" "$scratch/release/ListStub"
}

# with_bucket_server SCRIPT: runs it beside a Ceph RGW, with a directory for files.
# All keep what they store until the end, and the server forgets nothing at once: so it gets room for all.
with_bucket_server() {
    local peers=$scratch/rebuild-peers
    build s3cache
    [ -x "$peers/bin/python" ] || python3 -m venv "$peers"
    timeout 600 "$peers/bin/pip" install -q --disable-pip-version-check -r bench/rebuild/requirements.txt
    S3CACHE_TEST_RGW_BYTES=12884901888 scripts/test-s3.sh start "$work/s3"
    mkdir "$work/files"
    (
        eval "$(scripts/test-s3.sh env "$work/s3")"
        PYTHONDONTWRITEBYTECODE=1 timeout 1800 "$peers/bin/python" "$1" "$scratch/release/s3cache" "$work/files"
    )
    scripts/test-s3.sh stop "$work/s3"
    rm -rf "$work/s3" "$work/files"
}

bench_uploads() {
    echo "== uploads, $(psql -XAtc 'show server_version') on $(nproc) cores"
    with_bucket_server bench/uploads/main.py
}

# All begin with the same rows in a new table and a new bucket, check each file's MD5, and print a line a row. Of each the whole process counts,
# from its start to its end.
bench_archive() {
    echo "== archive, $(psql -XAtc 'show server_version') on $(nproc) cores"
    with_bucket_server bench/archive/main.py
}

# What is compared is the queue: enqueue no-op jobs with one statement, then claim and end them, in one process and in two,
# each with one connection. Of ours, two statements a batch by psycopg (claim_jobs, which also rescues, promotes and merges; complete_jobs, which writes the
# history and notifies who waits); the peers' own workers with tasks that do nothing (pgqueuer keeps a log of ended jobs,
# procrastinate the jobs themselves). The latencies of all are those of their real workers; ours reads a small object of
# the embedded store and keeps its bytes.
bench_jobs() {
    local python=$scratch/peers/bin/python database
    [ -x "$python" ] || python3 -m venv "$scratch/peers"
    "$scratch/peers/bin/pip" install -q --disable-pip-version-check -r bench/jobs/requirements.txt
    for database in ours pgqueuer procrastinate; do createdb "$database"; done
    PGDATABASE=ours "$scratch/release/s3cache" migrate >"$work/migrate.log"
    echo "== jobs, $(psql -XAtc 'show server_version') on $(nproc) cores"
    {
        PGDATABASE=ours timeout 300 "$python" bench/jobs/ours.py drain 50000
        PGDATABASE=pgqueuer timeout 300 "$python" bench/jobs/peer_pgqueuer.py 50000 200
        PGDATABASE=procrastinate timeout 300 "$python" bench/jobs/peer_procrastinate.py 2000 200
        PGDATABASE=ours timeout 300 "$python" bench/jobs/ours.py latency "$scratch/release/s3cache" 200
        PGDATABASE=ours timeout 300 "$python" bench/jobs/ours.py enqueue 8
        PGDATABASE=ours timeout 300 "$python" bench/jobs/ours.py held "${S3CACHE_BENCH_HELD:-60}"
        PGDATABASE=ours timeout 300 "$python" bench/jobs/ours.py backlog "${S3CACHE_BENCH_QUEUED:-1000000}"
    } >"$work/jobs.json" 2>"$work/jobs.log" || { tail -n 20 "$work/jobs.log" >&2; return 1; }
    "$python" bench/jobs/table.py <"$work/jobs.json"
    for database in ours pgqueuer procrastinate; do dropdb --force "$database"; done
}

for part in "${parts[@]}"; do
    case $part in
        signing) bench_signing ;;
        urls) bench_urls ;;
        rebuild) bench_rebuild ;;
        uploads) bench_uploads ;;
        archive) bench_archive ;;
        jobs) bench_jobs ;;
        *)
            echo "bench/run.sh: there is no part $part; there are: signing, urls, rebuild, uploads, archive, jobs" >&2
            exit 2
            ;;
    esac
done
