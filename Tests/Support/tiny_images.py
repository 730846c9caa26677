"""Images of one pixel that hold a text."""

import struct
import zlib


def png(text):
    """A PNG."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tEXt", b"Comment\0" + text.encode()), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def jpeg(text):
    """What begins and ends like a JPEG."""

    def segment(marker, content):
        return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content

    return b"".join((
        b"\xff\xd8",
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        segment(0xFE, text.encode()),
        segment(0xC0, struct.pack(">BHHB", 8, 1, 1, 1) + b"\1\x11\0"),
        segment(0xDA, b"\1\1\0\0\x3f\0"),
        b"\x12\xff\xd9",
    ))
