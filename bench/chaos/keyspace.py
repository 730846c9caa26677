"""The keys of a bucket, of several shapes, and what may happen to each."""

import hashlib
import random
import uuid

FOLDERS = ("logo", "größe", "日本/東京", "a b+c", "x")


def shaped(number, dice):
    """A key; the shapes take turns."""
    match number % 6:
        case 0:
            return str(uuid.UUID(int=dice.getrandbits(128)))
        case 1:
            return f"img/{hashlib.md5(str(number).encode()).hexdigest()}.txt"
        case 2:
            return f"seq/{number:09}.txt"
        case 3:
            # Most are of a few days.
            return f"log/2026/{1 + int(dice.paretovariate(1)) % 12:02}/{1 + number % 28:02}/{number}.txt"
        case 4:
            return f"p/{int(dice.paretovariate(0.7)) % 3000}/{number}.txt"
        case _:
            return f"{dice.choice(FOLDERS)}/{number:x}{'-long' * dice.choice((0, 0, 0, 30))}.txt"


class Keyspace:
    """So many keys, each in one pool:

    kept: nobody changes these objects, and their rows never vanish; held: of these, rows that transactions write to, as they are
    written: uploaded, deleted, and changed directly between rebuilds; forgotten: their rows are forgotten and added while a
    rebuild runs; told: changed directly while a rebuild runs, and an event tells.
    """

    def __init__(self, count):
        self.dice = random.Random(count)
        keys = list({shaped(number, self.dice) for number in range(count)})
        self.dice.shuffle(keys)
        half, tenth = len(keys) // 2, len(keys) // 10
        self.all = keys
        self.kept = keys[:half]
        self.held = keys[:tenth]
        self.written = keys[half:-2 * tenth]
        self.forgotten = keys[-2 * tenth:-tenth]
        self.told = keys[-tenth:]
