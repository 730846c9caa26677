"""What must hold once everything is quiet."""

import collections
import contextlib
import hashlib
import time

import psycopg

# Of each object's jobs that ended (merged ones ran never), in the order in which they did.
LIVES = """
create temporary table life as
select h.args ->> 'filename' as filename, h.id, h.kind, h.state, h.started_at, h.finished_at, h.result,
    coalesce(h.result ->> 'etag', '') as etag, c.md5,
    lag(h.id) over key as before, lag(h.finished_at) over key as before_finished_at
from s3cache.job_history h
left join chaos.job c on c.id = h.id
where h.serial_key ^@ 'object:' and h.state <> 'superseded' and (h.state = 'done' or h.started_at is not null)
window key as (partition by h.args ->> 'filename' order by h.finished_at, h.id);
create index on life (filename, finished_at);
-- What wrote to an object, in the same order.
create temporary table write as select * from life where kind <> 'read';
create index on write (filename, finished_at);
"""

# (what must hold, query that gives what breaks it)
RULES = [
    ("each committed job ended", """
        select c.id, c.kind, c.filename, j.state, j.error from chaos.job c left join s3cache.job j on j.id = c.id
        where not exists (select from s3cache.job_history h where h.id = c.id)"""),
    ("no ended job is alive", "select id, kind, state from s3cache.job j where exists (select from s3cache.job_history h where h.id = j.id)"),
    ("each job ended once", "select id, count(*), string_agg(state, ' ') from chaos.ended group by id having count(*) <> 1"),
    ("and as the history says", """
        select h.id, h.state, e.state from s3cache.job_history h full join chaos.ended e on e.id = h.id
        where h.state is distinct from e.state"""),
    ("no job of a transaction that was rolled back or cut off", """
        select h.id, h.kind, h.args ->> 'filename' from s3cache.job_history h
        where not exists (select from chaos.job c where c.id = h.id)
            and (h.kind not in ('rebuild', 'verify', 'add') or h.args ->> 'filename' ^@ 'rolled/')"""),
    ("the uploads that were committed are those that ran", """
        select c.id, c.filename from chaos.job c join s3cache.job_history h on h.id = c.id
        where h.kind <> c.kind or (h.kind <> 'rebuild' and h.kind <> 'verify' and h.kind <> 'presign'
            and h.args ->> 'filename' is distinct from c.filename)"""),
    ("no staged bytes but of failed uploads", """
        select s.job_id, h.state from s3cache.staged_content s left join s3cache.job_history h on h.id = s.job_id
        where h.state is distinct from 'failed'"""),
    ("what was merged was merged into a job that ended", """
        select h.id, h.superseded_by from s3cache.job_history h where h.state = 'superseded'
            and not exists (select from s3cache.job_history m where m.id = h.superseded_by and m.state <> 'superseded')"""),
    ("jobs on one object ran one at a time", """
        select id, filename, started_at, before, before_finished_at from life where started_at < before_finished_at"""),
    ("an upload that is done has the bytes that were given", """
        select id, filename, etag, md5 from life where kind = 'upload' and state = 'done' and etag is distinct from md5"""),
    ("a read saw what the last write before it left", """
        select r.id, r.filename, r.result, w.id as after, w.kind, w.etag
        from life r
        cross join lateral (
            select * from write w where w.filename = r.filename and w.finished_at < r.finished_at
            order by w.finished_at desc limit 1) w
        where r.kind = 'read' and r.state = 'done' and w.state = 'done'
            and r.etag is distinct from case when w.kind = 'upload' then w.md5 else '' end"""),
    ("nothing is left of what failed for the second time", """
        select id, kind, error from s3cache.job_history h where h.state = 'failed'
            and not exists (select from chaos.job c where c.retry_of = h.id)"""),
    ("what was retried is done", """
        select c.id, c.retry_of, h.state, h.error from chaos.job c join s3cache.job_history h on h.id = c.id
        where c.retry_of is not null and h.state not in ('done', 'superseded')"""),
]


def quiet(connection, seconds, hasten):
    """Waits until no job is left; gives whether that came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        rows = connection.execute("select id, state, error from s3cache.job").fetchall()
        if not rows:
            return True
        if hasten:
            # Those that wait after a failure; those that wait for a dead worker's write to land wait on.
            for job, state, error in rows:
                if state == "waiting" and error is not None:
                    # It may come due, and begin, before the retry reaches it.
                    with contextlib.suppress(psycopg.errors.ObjectNotInPrerequisiteState):
                        connection.execute("select s3cache.retry(id) from s3cache.job where id = %s and state = 'waiting'", [job])
        time.sleep(0.3)
    return False


def retry_failed(connection):
    """Retries each failed job once; gives what failed and why, counted."""
    counts = connection.execute("""
        select kind, result #>> '{error,code}', (result #>> '{error,retryable}')::boolean, count(*)
        from s3cache.job_history h
        where state = 'failed' and not exists (select from chaos.job c where c.retry_of = h.id)
        group by 1, 2, 3 order by 1, 2""").fetchall()
    connection.execute("""
        with retried as materialized (
            select h.id, h.kind, c.filename, c.md5, s3cache.retry(h.id) as new_id
            from s3cache.job_history h left join chaos.job c on c.id = h.id
            where h.state = 'failed' and h.kind <> 'add'
                and not exists (select from chaos.job r where r.retry_of = h.id))
        insert into chaos.job (id, kind, filename, md5, retry_of) select new_id, kind, filename, md5, id from retried""")
    return counts


def said_wrongly(connection, heard):
    """What was said of jobs that ended, and is not so, or was said more than once."""
    said = collections.Counter(heard)
    states = dict(connection.execute("select id, state from s3cache.job_history").fetchall())
    if not said:
        yield "no end of a job was announced"
    for (job, state), times in said.items():
        if times > 1 or states.get(job) != state:
            yield f"the end of job {job} was announced as {state}, {times} times, and is {states.get(job)}"


def broken_rules(connection):
    """What does not hold, each with its first instances."""
    connection.execute(LIVES)
    connection.execute("analyze life; analyze write")
    for rule, query in RULES:
        rows = connection.execute(query).fetchall()
        if rows:
            yield f"{rule}: {len(rows)} times not: " + "; ".join(map(str, rows[:5]))


def hint_arrives(connection, s3, bucket, seconds):
    """Whether workers hear notifications again: by now each has a connection that is not half open."""
    s3.put_object(Bucket=bucket, Key="direct/hinted", Body=b"hinted")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        connection.execute("select pg_notify('s3cache', 'add direct/hinted')")
        for _ in range(10):
            if connection.execute("select from s3_image_cache where filename = 'direct/hinted'").fetchall():
                return True
            time.sleep(0.2)
    return False


def listing(s3, bucket):
    return {
        entry["Key"]: (entry["Size"], entry["ETag"].strip('"'))
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for entry in page.get("Contents", [])}


def table_differs(connection, listed):
    """How the table differs from the bucket."""
    rows = connection.execute("select filename, size, etag, state from s3_image_cache").fetchall()
    table = {name: (size, etag) for name, size, etag, state in rows if state == "present"}
    for name, size, etag, state in rows:
        if state != "present":
            yield f"row {name} is {state}"
    for name in listed.keys() - table.keys():
        yield f"object {name} has no row"
    for name in table.keys() - listed.keys():
        yield f"row {name} has no object"
    for name in table.keys() & listed.keys():
        if table[name] != listed[name]:
            yield f"row {name} says {table[name]}, the bucket {listed[name]}"


def objects_differ(connection, s3, bucket, listed):
    """Objects that are not what the last job that wrote to them left; some are fetched too."""
    last = connection.execute(
        "select distinct on (filename) filename, kind, state, md5, id from write order by filename, finished_at desc").fetchall()
    for filename, kind, state, md5, job in last:
        found = listed.get(filename, (None, None))[1]
        if state != "done":
            continue  # cancelled or failed: it may have been written or not
        if found != (md5 if kind == "upload" else None):
            yield f"{filename} has the ETag {found} after {kind} {job} of {md5}"
    for name in listed:
        if name.startswith("rolled/"):
            yield f"{name} was rolled back"
    for filename, kind, state, md5, job in [row for row in last if row[1:3] == ("upload", "done")][:200]:
        body = s3.get_object(Bucket=bucket, Key=filename)["Body"].read()
        if hashlib.md5(body).hexdigest() != md5:
            yield f"{filename} has other bytes than upload {job} was given"
