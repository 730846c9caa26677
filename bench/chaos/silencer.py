"""A proxy in front of the database server that makes connections fall silent: half open, as when a host or a route is gone.

    silencer.py SOCKET SERVER_SOCKET

Listens on SOCKET and prints a line when it does. Reads orders from its input: `listener` makes one connection that LISTENs silent
for ever; `other` makes one of the others silent, and ends it some seconds later as keepalives would. On a silent connection both
ends can send and nothing arrives, not even that the other end is gone. Prints how often that was done, as JSON, when its input
ends.
"""

import asyncio
import collections
import json
import random
import signal
import sys

counts = collections.Counter()
# The loop itself holds tasks weakly.
tasks = set()
links = set()


class Link:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(self, client, server, listens):
        self.client, self.server, self.listens = client, server, listens
        self.silent = False

    def end(self):
        for end in (self.client, self.server):
            end.transport.abort()


def run(coroutine):
    tasks.add(task := asyncio.get_running_loop().create_task(coroutine))
    task.add_done_callback(tasks.discard)
    return task


async def pump(link, reader, writer):
    try:
        while piece := await reader.read(65536):
            if not link.silent:
                writer.write(piece)
                await writer.drain()
    except OSError:
        pass


async def serve(client_reader, client, server_socket):
    try:
        # The first packet has the names that the client gives itself.
        length = await client_reader.readexactly(4)
        first = length + await client_reader.readexactly(int.from_bytes(length) - 4)
        server_reader, server = await asyncio.open_unix_connection(server_socket)
    except (OSError, asyncio.IncompleteReadError):
        return client.transport.abort()
    link = Link(client, server, b"application_name\0s3cache listener\0" in first)
    links.add(link)
    counts["connections"] += 1
    server.write(first)
    pumps = [run(pump(link, client_reader, server)), run(pump(link, server_reader, client))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if link.silent:
            # Whoever has not gone does not hear of it; for the server that lasts as long as its keepalives.
            await asyncio.wait(pumps, timeout=20)
    except asyncio.CancelledError:
        return  # all is over
    links.discard(link)
    for end in (client, server):
        end.close()


async def silence(listens):
    candidates = [link for link in links if link.listens == listens and not link.silent]
    if not candidates:
        return
    link = random.choice(candidates)
    link.silent = True
    counts["listeners silenced" if listens else "others silenced"] += 1
    if not listens:
        await asyncio.sleep(random.uniform(1, 8))
        link.end()


async def main():
    await asyncio.start_unix_server(lambda r, w: serve(r, w, sys.argv[2]), sys.argv[1])
    print("ready", flush=True)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while order := await orders.readline():
        run(silence(order.strip() == b"listener"))
    print(json.dumps(counts), flush=True)


# Ends when its input does.
signal.signal(signal.SIGINT, signal.SIG_IGN)
asyncio.run(main())
