"""An HTTP proxy before a bucket that delays its listings and, while it is told to, spoils some.

    lists.py HOST:PORT

Listens on a free port of 127.0.0.1, which is the first line of its output. Reads orders from its input: `delay SECONDS` (each
listing takes up to so much longer), `spoil SHARE` (of the pages of listings so many are spoiled, 0 to 1) and `spoil SHARE KIND`;
prints how often each was done, as JSON, when that ends. Everything that is no listing passes unchanged.
"""

import asyncio
import collections
import json
import random
import re
import signal
import sys
import urllib.parse

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
INTERNAL = b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"
ENTRY = re.compile(rb"<Contents>.*?</Contents>", re.DOTALL)

counts = collections.Counter()
# The loop itself holds tasks weakly.
served = set()
delay, share, kinds = 0.0, 0.0, None
# Pages that begin far in front, each with its first key.
earlier = collections.deque(maxlen=20)


def swapped(body):
    """Two neighbours in the wrong order."""
    entries = list(ENTRY.finditer(body))
    one, other = entries[len(entries) // 2 - 1], entries[len(entries) // 2]
    return body[:one.start()] + other[0] + body[one.end():other.start()] + one[0] + body[other.end():]


def repeated(body):
    entry = random.choice(list(ENTRY.finditer(body)))
    return body[:entry.end()] + entry[0] + body[entry.end():]


# What becomes of a page that holds some objects: its status, its body, and how much of that is sent.
SPOILED = {
    "truncated XML": lambda body: (b"200 OK", body[:len(body) * 2 // 3], None),
    "broken off": lambda body: (b"200 OK", body, len(body) // 2),
    "unordered": lambda body: (b"200 OK", swapped(body), None),
    "repeated key": lambda body: (b"200 OK", repeated(body), None),
    "earlier page": None,
    "error as 200": lambda body: (b"200 OK", INTERNAL, None),
    "slow down": lambda body: (b"503 Slow Down", SLOW_DOWN, None),
}


async def read_message(reader, has_body=True):
    """A head, and the body that belongs to it."""
    head = await reader.readuntil(b"\r\n\r\n")
    body = b""
    lower = head.lower()
    if not has_body or lower.startswith((b"http/1.1 204", b"http/1.1 304")):
        pass
    elif b"\r\ntransfer-encoding: chunked" in lower:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        head = re.sub(rb"(?i)\r\ntransfer-encoding: chunked", b"\r\nContent-Length: %d" % len(body), head)
    elif length := re.search(rb"\r\ncontent-length: *(\d+)", lower):
        body = await reader.readexactly(int(length[1]))
    return head, body


async def answer_listing(writer, target, head, body):
    """Gives whether the connection may be used on."""
    counts["listings"] += 1
    await asyncio.sleep(random.uniform(0, delay))
    after = re.search(rb"[?&]start-after=([^& ]*)", target)
    # One that begins behind what was asked for could be true.
    before = [page for key, page in earlier if after and key <= urllib.parse.unquote_to_bytes(after[1])]
    usable = [kind for kind in kinds or SPOILED if kind != "earlier page" or before]
    if random.random() >= share or body.count(b"<Contents>") < 2 or not usable:
        if first := re.search(rb"<Contents><Key>(.*?)</Key>", body):
            earlier.append((urllib.parse.unquote_to_bytes(first[1]), body))
        writer.write(head + body)
        return True
    kind = random.choice(usable)
    counts[kind] += 1
    status, body, sent = (b"200 OK", random.choice(before), None) if kind == "earlier page" else SPOILED[kind](body)
    writer.write(b"HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body[:sent])
    return sent is None


async def converse(reader, writer, upstream_reader, upstream):
    while True:
        head, body = await read_message(reader)
        upstream.write(head + body)
        method, target, _ = head.split(b" ", 2)
        answer = await read_message(upstream_reader, has_body=method != b"HEAD")
        if method == b"GET" and b"list-type=2" in target:
            if not await answer_listing(writer, target, *answer):
                return
        else:
            writer.write(answer[0] + answer[1])
        await writer.drain()


async def serve(reader, writer, host, port):
    served.add(task := asyncio.current_task())
    task.add_done_callback(served.discard)
    ends = [writer]
    try:
        upstream_reader, upstream = await asyncio.open_connection(host, port, limit=1 << 20)
        ends.append(upstream)
        await converse(reader, writer, upstream_reader, upstream)
    except (OSError, asyncio.IncompleteReadError):
        pass
    for end in ends:
        end.close()


async def main():
    global delay, share, kinds
    host, port = sys.argv[1].rsplit(":", 1)
    server = await asyncio.start_server(lambda r, w: serve(r, w, host, int(port)), "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while order := (await orders.readline()).decode():
        match order.strip().split(" ", 2):
            case ["delay", seconds]:
                delay = float(seconds)
            case ["spoil", part, *kind]:
                share, kinds = float(part), kind or None
    print(json.dumps(counts), flush=True)


# Ends when its input does.
signal.signal(signal.SIGINT, signal.SIG_IGN)
asyncio.run(main())
