"""The others: tools that list a bucket, and psql."""

import os
import pathlib
import sys

import psycopg

import usage
from measured import DIGEST, Measured, run_pipeline
from ours import admin
from stub import SECRET

DATABASE = "bench_peer"
HERE = pathlib.Path(__file__).parent
TOOLS = pathlib.Path(sys.executable).parent


def copy(columns, options=""):
    return ["psql", "-Xqd", DATABASE, "-v", "ON_ERROR_STOP=1", "-c", f"copy peer ({columns}) from stdin {options}"]


def s5cmd(stub):
    fields = r"""{
        key = $0
        sub(/^[^ ]+ [^ ]+ +[^ ]+ +[0-9]+  /, "", key)
        gsub(/\\/, "&&", key)
        print $1 " " $2 "\t" $3 "\t" $4 "\t" key
    }"""
    return [
        [TOOLS / "s5cmd", "--endpoint-url", stub.url, "ls", "-e", "s3://bench/*"],
        ["awk", fields],
        copy("last_modified, etag, size, filename"),
    ]


def rclone(stub):
    return [
        [TOOLS / "rclone", "--config", "", "lsf", "-R", "--files-only", "--fast-list", "--use-server-modtime", "--csv", "--format", "psth",
            "--hash", "MD5", f":s3,provider=Other,env_auth,list_version=2,force_path_style,endpoint='{stub.url}':bench"],
        copy("filename, size, last_modified, etag", "(format csv)"),
    ]


def obstore(stub):
    return [[sys.executable, HERE / "peer_obstore.py", stub.url]]


def inserts(stub):
    return [[sys.executable, HERE / "peer_inserts.py", stub.url]]


# Those that list in full, by the name they have in the table.
PEERS = {"s5cmd ls | COPY": s5cmd, "rclone lsf | COPY": rclone, "obstore + COPY": obstore}


def prepare():
    admin(f"create database {DATABASE}")


def measure(peer, stub):
    """One listing into an empty table."""
    with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
        connection.execute("drop table if exists peer")
        connection.execute(
            'create table peer (id bigint generated always as identity primary key, filename text collate "C" not null unique,'
            " size bigint, last_modified timestamptz, etag text)")
        connection.execute("checkpoint")
        stub.reset()
        cluster = usage.cluster_cpu()
        seconds, cpu, peak = run_pipeline(peer(stub), SECRET | {"PGDATABASE": DATABASE})
        cluster = usage.cluster_cpu() - cluster
        stats = stub.stats()
        return Measured(
            seconds, stats["requests"], stats["pages"], stats["max_in_flight"], cpu, cluster, peak,
            connection.execute(DIGEST + "peer").fetchone())
