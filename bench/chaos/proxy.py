"""A TCP proxy that cuts, resets, delays and swallows connections at random, while it is told to.

    proxy.py HOST:PORT

Listens on a free port of 127.0.0.1, which is the first line of its output. Reads `on` and `off` from its input, and `shut` and `open`: shut,
it resets all connections, and each new one; prints how often each fault was made, as JSON, when that ends. What was received is passed on although its sender has gone: a write can
arrive when nobody waits for its acknowledgement any more.
"""

import asyncio
import collections
import json
import random
import signal
import socket
import struct
import sys

SLOW_DOWN_BODY = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
SLOW_DOWN = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    % len(SLOW_DOWN_BODY)
) + SLOW_DOWN_BODY

# Of what happens to a connection when it is made, and to each piece of what is sent, the probability.
CONNECTION_FAULTS = {"refused": 0.01, "slow_down": 0.01}
PIECE_FAULTS = {"reset": 0.003, "closed": 0.003, "delayed": 0.02, "swallowed": 0.0015}

counts = collections.Counter()
# The loop itself holds tasks weakly.
served = set()
conversations = set()
is_on = is_shut = False


def fault(among):
    if not is_on:
        return None
    dice = random.random()
    for name, probability in among.items():
        dice -= probability
        if dice < 0:
            counts[name] += 1
            return name
    return None


def reset(writer):
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def pump(reader, writer, both):
    try:
        while piece := await reader.read(65536):
            match fault(PIECE_FAULTS):
                case "reset":
                    for end in both:
                        reset(end)
                    return
                case "closed":
                    for end in both:
                        end.close()
                    return
                case "delayed":
                    await asyncio.sleep(random.uniform(0.02, 1))
                case "swallowed":
                    await asyncio.sleep(8)
                    for end in both:
                        reset(end)
                    return
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        for end in both:
            end.close()


async def serve(reader, writer, host, port):
    served.add(task := asyncio.current_task())
    task.add_done_callback(served.discard)
    counts["connections"] += 1
    if is_shut:
        counts["came while it was shut"] += 1
        return reset(writer)
    match fault(CONNECTION_FAULTS):
        case "refused":
            return reset(writer)
        case "slow_down":
            try:
                await reader.read(65536)
                writer.write(SLOW_DOWN)
                await writer.drain()
            except OSError:
                pass
            return writer.close()
    try:
        upstream_reader, upstream = await asyncio.open_connection(host, port)
    except OSError:
        return reset(writer)
    conversations.add(both := (writer, upstream))
    await asyncio.gather(pump(reader, upstream, both), pump(upstream_reader, writer, both))
    conversations.discard(both)
    for end in both:
        end.close()


def obey(order):
    global is_on, is_shut
    match order:
        case b"shut":
            is_shut = True
            for end in [end for both in conversations for end in both]:
                counts["cut off"] += 1
                reset(end)
        case b"open":
            is_shut = False
        case _:
            is_on = order == b"on"


async def main():
    host, port = sys.argv[1].rsplit(":", 1)
    server = await asyncio.start_server(lambda r, w: serve(r, w, host, int(port)), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while order := await orders.readline():
        obey(order.strip())
    print(json.dumps(counts), flush=True)


# Ends when its input does.
signal.signal(signal.SIGINT, signal.SIG_IGN)
asyncio.run(main())
