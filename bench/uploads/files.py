"""Files to store."""

import random
import struct
import zlib


class Files:
    """Images of one size in a directory of their own: each a PNG whose pixels are noise."""

    def __init__(self, directory, name, count, size):
        self.name, self.count, self.size, self.folder = name, count, size, directory / name
        self.folder.mkdir(parents=True)
        for number in range(count):
            noise = random.Random(number).randbytes(size - 57)
            with open(self.folder / f"{number:05}.png", "wb") as file:
                file.write(b"\x89PNG\r\n\x1a\n")
                for kind, content in ((b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 6, 0, 0, 0)), (b"IDAT", noise), (b"IEND", b"")):
                    file.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content)))

    def paths(self):
        return sorted(self.folder.iterdir())
