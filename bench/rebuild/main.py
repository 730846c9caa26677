"""A bucket into PostgreSQL: s3cache beside others, on the same stub and the same server.

    main.py PROGRAM STUB

The settings, from the environment, are explained in bench/run.sh.
"""

import os
import sys

import ours
import peers
from measured import PAGE
from stub import Stub

PROGRAM, STUB = sys.argv[1:]
SHAPES = ["uuid", "hash-prefix", "sequential", "dates", "directories", "unicode"]


def setting(name, default):
    return os.environ.get("S3CACHE_BENCH_" + name, "") or default


OBJECTS = int(setting("OBJECTS", "1000000"))
LATENCY = float(setting("LATENCY", "50"))
CONNECTIONS = int(setting("CONNECTIONS", "64"))
WANTED = setting("SHAPES", " ".join(SHAPES)).split()
IN_FULL = setting("PEERS", "uuid").split()
PARTS = setting("REBUILD", "latency plain memory").split()
SHARE = 5  # peers list this part of the objects where they are not measured in full
INSERTED = 100 * PAGE
worst, slowest, flat = {}, {}, {}


def row(shape, who, seconds, times, requests, wasted, program, cluster, peak, note):
    print(f"{shape:<12} {who:<18} {seconds:>9} {times:>9} {requests:>9} {wasted:>7} {program:>8} {cluster:>8} {peak:>8}  {note}".rstrip(), flush=True)


def title():
    row("keys", "", "seconds", "times us", "requests", "wasted", "CPU s", "server", "peak MB", "")


def tell(shape, who, measured, objects, times="", note=""):
    row(shape, who, f"{measured.seconds:.2f}", times, f"{measured.requests:,}", f"{measured.wasted(objects):.1%}", f"{measured.program_cpu:.2f}",
        f"{measured.cluster_cpu:.2f}", f"{measured.peak:.0f}", "; ".join(filter(None, [measured.note, note])))


def wrong(measured, objects, same=None):
    """What is wrong with the rows."""
    if measured.rows[0] != objects:
        return f"WRONG: {measured.rows[0]:,} rows"
    return "WRONG: other rows" if same and measured.rows != same else ""


def with_latency(shape):
    """Ours, the ideal, and the peers, each into an empty table."""
    with Stub(STUB, shape, OBJECTS, LATENCY) as stub:
        ours.renew(PROGRAM)
        with ours.Worker(PROGRAM, stub) as worker:
            us, _ = worker.rebuild(stub)
        tell(shape, "s3cache", us, OBJECTS, "1", "; ".join(filter(None, [f"{us.in_flight} in flight", wrong(us, OBJECTS)])))
        copied = ours.copy_seconds()
        listed = -(-OBJECTS // PAGE) * LATENCY / 1000 / CONNECTIONS
        ideal = listed + copied
        worst[shape] = us.seconds / ideal
        row(shape, "the ideal", f"{ideal:.2f}", f"{ideal / us.seconds:.2f}", f"{-(-OBJECTS // PAGE):,}", "", "", "", "",
            f"{listed:.2f} s of pages, {copied:.2f} s of COPY; ours takes {worst[shape]:.1f} times it")
        if shape in IN_FULL or "all" in IN_FULL:
            for name, peer in peers.PEERS.items():
                try:
                    them = peers.measure(peer, stub)
                except RuntimeError as error:
                    fails(shape, name, error)
                    continue
                compare(shape, name, them.seconds, us)
                tell(shape, name, them, OBJECTS, f"{them.seconds / us.seconds:.1f}", wrong(them, OBJECTS, us.rows))
            return us
    part = max(PAGE, OBJECTS // SHARE)
    with Stub(STUB, shape, part, LATENCY) as stub, Stub(STUB, shape, 1, LATENCY) as least:
        for name, peer in peers.PEERS.items():
            try:
                start = peers.measure(peer, least).seconds
                them = peers.measure(peer, stub)
            except RuntimeError as error:
                fails(shape, name, error)
                continue
            seconds = start + (them.seconds - start) * OBJECTS / part
            compare(shape, name, seconds, us)
            note = f"extrapolated from {them.seconds:.2f} s for {part:,} objects and {start:.2f} s for one"
            row(shape, name, f"~{seconds:.2f}", f"~{seconds / us.seconds:.1f}", "", "", "", "", "", "; ".join(filter(None, [note, wrong(them, part)])))
    return us


def fails(shape, name, error):
    row(shape, name, "", "", "", "", "", "", "", f"FAILED: {error}")


def compare(shape, name, seconds, us):
    times = seconds / us.seconds
    if shape not in slowest or times < slowest[shape][0]:
        slowest[shape] = (times, name)


def one_by_one(shape, us):
    """The rows one by one, for a hundred pages."""
    count = min(OBJECTS, INSERTED)
    with Stub(STUB, shape, count, LATENCY) as stub:
        them = peers.measure(peers.inserts, stub)
    seconds = them.seconds * OBJECTS / count
    row(shape, "boto3 + INSERTs", f"~{seconds:.2f}", f"~{seconds / us.seconds:.1f}", "", "", "", "", "",
        "; ".join(filter(None, [f"extrapolated from {them.seconds:.2f} s for {count:,} objects", wrong(them, count)])))


def without_latency(shape, objects, changes):
    """Ours from a server that answers at once: into an empty table, unchanged by a worker that has done nothing before, and with some objects changed.

    Gives objects/s, MB of WAL and peak MB of the first two.
    """
    def turn(worker, stub, what):
        us, wal = worker.rebuild(stub)
        rate = objects / us.seconds
        tell(shape, what, us, objects, "", "; ".join(filter(None, [f"{rate:,.0f} objects/s, {wal:,.2f} MB WAL", wrong(us, objects)])))
        return rate, wal, us.peak

    found = {}
    ours.renew(PROGRAM)
    with Stub(STUB, shape, objects) as stub:
        port = stub.port
        with ours.Worker(PROGRAM, stub) as worker:
            found["empty"] = turn(worker, stub, "empty table")
        with ours.Worker(PROGRAM, stub) as worker:
            turn(worker, stub, "unchanged")
            found["unchanged"] = turn(worker, stub, "unchanged again")
    if changes:
        with Stub(STUB, shape, objects, port=port, changed=0.001) as stub, ours.Worker(PROGRAM, stub) as worker:
            turn(worker, stub, "0.1 % changed")
    return found


def aim(what, found, wanted):
    print(f"  {what}: {found} (aim: {wanted})")


peers.prepare()
# A server's first second is slow: all its shared memory is touched for the first time. Nobody is measured in it.
with Stub(STUB, WANTED[0], OBJECTS) as stub:
    ours.renew(PROGRAM)
    with ours.Worker(PROGRAM, stub) as worker:
        worker.rebuild(stub)
if "latency" in PARTS:
    print(f"""\
{OBJECTS:,} objects from a stub on this machine, {LATENCY:g} ms a page of {PAGE:,}, into an empty table. CPU seconds of the program (of a pipeline: of all
of its commands) and of the whole server, peak memory of the program that lists. The ideal is pages x latency / {CONNECTIONS} connections, and then one
binary COPY into a copy of our table.
  s3cache: rebuild() until its job is done, by a worker that was idle: table s3_image_cache with key, size, etag, time and storage class,
    primary key, unique filename, three more indexes, triggers; a reader always sees all of it, and it can be killed and go on.
  the peers: one COPY in one transaction into a table with key, size, time and etag, primary key and unique filename; their program's start is counted.
    s5cmd ls -e | awk | psql; rclone lsf --fast-list --use-server-modtime --csv | psql; obstore.list and COPY by psycopg in one Python process.
  boto3 + INSERTs: a statement a row, a transaction a page, into the same table as the peers.""")
    title()
    for number, shape in enumerate(WANTED):
        us = with_latency(shape)
        if number == 0:
            one_by_one(shape, us)
plain = WANTED[0]
if "plain" in PARTS or "memory" in PARTS:
    print(f"{OBJECTS:,} objects from a stub without latency, with which the {os.cpu_count()} cores are shared; table as above")
    title()
    flat = without_latency(plain, OBJECTS, "plain" in PARTS)
if "memory" in PARTS:
    print(f"{5 * OBJECTS:,} objects from the same")
    many = without_latency(plain, 5 * OBJECTS, False)
print("beside the aims:")
for shape, (times, name) in slowest.items():
    aim(f"{shape}, times the fastest peer", f"{times:.1f} ({name})", ">= 10")
    aim(f"{shape}, times the ideal", f"{worst[shape]:.1f}", "<= 3")
if flat:
    aim("objects/s into an empty table", f"{flat['empty'][0]:,.0f}", ">= 200,000")
    aim("objects/s unchanged", f"{flat['unchanged'][0]:,.0f}", ">= 400,000")
    aim("MB of WAL, unchanged", f"{flat['unchanged'][1]:.2f}", "< 1")
if "memory" in PARTS:
    for what, (_, _, peak) in flat.items():
        aim(f"peak memory with five times the objects, {what}", f"{many[what][2] / peak:.2f} times", "0.8 to 1.2")
