"""Files that lie: about what they are, how large they are, or what else is in them.

Their pixels are none that a decoder could read. `FILES` has each with the name it is uploaded under, the media type that is
declared (None for none), and the code with which a worker of a cache refuses it that takes the default types and SVG.
"""

import collections
import struct
import zlib

File = collections.namedtuple("File", "what name declared code content")

PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SIDE = 65_535
MAX_BYTES = 12_000_000


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


MAGIC = b"\x89PNG\r\n\x1a\n"


def png(width, height, depth=8, before=b"", pixels=b"\1\2\3\4\5"):
    header = struct.pack(">IIBBBBB", width, height, depth, 6, 0, 0, 0)
    return MAGIC + chunk(b"IHDR", header) + before + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0")


def frame(width, height):
    return segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + b"\1\x11\0\2\x11\0\3\x11\0")


def jpeg(width, height, segments=JFIF):
    return b"\xff\xd8" + segments + frame(width, height) + SCAN + b"\x12\x34\x56\xff\xd9"


def gif(width, height, picture=None, extensions=b""):
    left, top, wide, high = picture or (0, 0, width, height)
    return (b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6) + extensions
        + b"," + struct.pack("<HHHH", left, top, wide, high) + b"\0\2\2\x44\x01\0;")


def comment(text):
    return b"!\xfe" + bytes([len(text)]) + text + b"\0"


def riff(*chunks):
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2) for kind, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vp8(width, height):
    return b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(2)


def canvas(width, height):
    return b"VP8X", bytes(4) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def box(kind, content):
    return struct.pack(">I", len(content) + 8) + kind + content


def avif(width, height, other=(8, 8)):
    sizes = b"".join(box(b"ispe", bytes(4) + struct.pack(">II", *size)) for size in (other, (width, height)))
    which = struct.pack(">IIHBBHBB", 0, 2, 1, 1, 1, 2, 1, 2)
    items = (box(b"hdlr", bytes(8) + b"pict" + bytes(13)) + box(b"pitm", bytes(4) + struct.pack(">H", 2))
        + box(b"iprp", box(b"ipco", sizes) + box(b"ipma", which)))
    return box(b"ftyp", b"avif" + bytes(4) + b"mif1miaf") + box(b"meta", bytes(4) + items) + box(b"mdat", b"\1\2\3\4")


def tiff(width, height):
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in ((256, width), (257, height)))
    return b"II*\0" + struct.pack("<I", 16) + bytes(8) + struct.pack("<H", 2) + entries + struct.pack("<I", 0)


def bmp(width, height, header=40, claimed=None):
    row = (width * 24 + 31) // 32 * 4
    head = b"BM" + struct.pack("<IIII", 14 + header + row * height, 0, 14 + header, header)
    return head + struct.pack("<iiHH", *(claimed or (width, height)), 1, 24) + bytes(header - 16 + row * height)


def ico(*pictures):
    place, directory, contents = 6 + 16 * len(pictures), b"", b""
    for side, content in pictures:
        directory += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(content), place)
        place += len(content)
        contents += content
    return struct.pack("<HHH", 0, 1, len(pictures)) + directory + contents


def masked(side):
    return struct.pack("<IiiHH", 40, side, side * 2, 1, 24) + bytes(24) + bytes(4)


def zipped(offset=0, note=b""):
    local = b"PK\3\4" + bytes(22) + struct.pack("<HH", 5, 0) + b"a.txt"
    entry = b"PK\1\2" + bytes(24) + struct.pack("<H", 5) + bytes(12) + struct.pack("<I", offset) + b"a.txt"
    return local + entry + b"PK\5\6" + struct.pack("<IHHIIH", 0, 1, 1, len(entry), offset + len(local), len(note)) + note


def svg(content=b"<path d=\"M0 0\"/>", attributes=b"width=\"40\" height=\"30\""):
    return (b"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" " + attributes + b">"
        + content + b"</svg>")


RAR = b"Rar!\x1a\7\1\0\1\2\3\4"
SEVEN = b"7z\xbc\xaf\x27\x1c\0\4"
TAR = b"a" * 257 + b"ustar\0" + bytes(249)
ELF = b"\x7fELF\2\1\1\0" + bytes(8)
EXE = b"MZ\x90\0\3\0\0\0"
JS_GIF = gif(0x2A2F, 1, (0, 0, 1, 1), comment(b"*/=1;alert(document.domain);/*"))

_empty = [
    ("no bytes", "a.jpg", None, b""),
    ("no bytes, declared", "a.png", "image/png", b""),
]
_truncated = [
    ("a JPEG's header alone", "a.jpg", None, b"\xff\xd8\xff\xe0"),
    ("a JPEG without a scan", "a.jpg", None, jpeg(9, 9)[:25]),
    ("a PNG's magic alone", "a.png", None, MAGIC),
    ("a PNG without pixels", "a.png", None, png(9, 9)[:33]),
    ("a PNG cut in its pixels", "a.png", None, png(9, 9)[:-14]),
    ("a GIF's screen alone", "a.gif", None, gif(9, 9)[:13]),
    ("a WebP that is cut", "a.webp", None, riff(vp8(9, 9))[:-2]),
    ("an AVIF that is cut", "a.avif", None, avif(9, 9)[:-2]),
    ("a TIFF that is cut", "a.tif", None, tiff(9, 9)[:-5]),
    ("a bitmap that is cut", "a.bmp", None, bmp(9, 9)[:-5]),
    ("an icon that is cut", "a.ico", None, ico((9, masked(9)))[:-1]),
]
_pixels = [
    ("a PNG of 65,535 squared", "a.png", None, png(SIDE, SIDE)),
    ("a PNG of 2^31 squared", "a.png", None, png(2**31 - 1, 2**31 - 1)),
    ("a PNG of 1 by 2^31", "a.png", None, png(1, 2**31 - 1)),
    ("a bomb of zeroes", "a.png", None, png(60_000, 60_000, pixels=zlib.compress(bytes(4_000_000), 9))),
    ("a JPEG of 65,535 squared", "a.jpg", None, jpeg(SIDE, SIDE)),
    ("a GIF of 65,535 squared", "a.gif", None, gif(SIDE, SIDE)),
    ("a GIF's picture beyond its screen", "a.gif", None, gif(1, 1, (SIDE,) * 4)),
    ("a WebP of 2^24 squared", "a.webp", None, riff(canvas(1 << 24, 1 << 24), vp8(16_383, 16_383))),
    ("an AVIF of 2^32 squared", "a.avif", None, avif(2**32 - 1, 2**32 - 1)),
    ("an AVIF with a large tile", "a.avif", None, avif(1, 1, (SIDE, SIDE))),
    ("a TIFF of 2^32 squared", "a.tiff", None, tiff(2**32 - 1, 2**32 - 1)),
    ("an icon of one large PNG", "a.ico", None, ico((16, png(SIDE, SIDE)))),
    ("an icon with a large second PNG", "a.ico", None, ico((16, masked(16)), (8, png(SIDE, SIDE)))),
    ("a bitmap of 2^30 rows", "a.bmp", None, bmp(1, 1, claimed=(1 << 20, 1 << 30))),
]
_documents = [
    ("a text", b"This is no image.\n"), ("a page", PAGE), ("a page behind space", b" \n\t" + PAGE),
    ("a page behind a mark", b"\xef\xbb\xbf" + PAGE), ("a page behind a comment", b"<!-- x -->" + PAGE),
    ("a script's tag", b"<script>alert(1)</script>"), ("JSON", b"{\"a\": 1}"), ("an SVG with a script", svg(b"<script/>")),
    ("a PDF", b"%PDF-1.7\n1 0 obj\n"), ("a ZIP", zipped()), ("gzip", b"\x1f\x8b\x08" + bytes(5)), ("a RAR", RAR),
    ("a 7z", SEVEN), ("a tar", TAR), ("a program for Linux", ELF), ("a program for Windows", EXE),
    ("a shell script", b"#!/bin/sh\nrm -rf /\n"), ("PHP", b"<?php system($_GET['c']); ?>"),
    ("a video", box(b"ftyp", b"isom" + bytes(4) + b"mp42")),
]
_misnamed = [(f"{what} as .jpg", "a.jpg", None, content) for what, content in _documents]
_misnamed += [("a page as .png", "a.png", None, PAGE), ("a PNG as .gif", "a.gif", None, png(9, 9)), ("a JPEG as .png", "a.png", None, jpeg(9, 9))]
_misnamed += [(f"a PNG as .{end}", f"a.{end}", None, png(9, 9)) for end in ("php", "exe", "html", "svg", "sh", "pdf", "swf", "pHtMl")]
_misdeclared = [(f"{what} as image/png", "a", "image/png", content) for what, content in _documents]
_misdeclared += [
    (f"a PNG as {kind}", "a.png", kind, png(9, 9)) for kind in ("image/jpeg", "text/html", "image/svg+xml", "IMAGE/GIF; a=b")]
_no_types = [
    (f"declared {kind!a}", "a.png", kind, png(9, 9))
    for kind in ("", "image", "image/", "/png", "image/png/x", "image/png\r\nX-Evil: y", "image /png", "image/p\xe9ng", "a/" + "b" * 254)]
_unknown = [
    ("nothing that is known", "a.jpg", None, b"\1\2\3\4\0\5\6\7\x08"), ("zeroes", "a.png", None, bytes(4_096)),
    ("a PNG behind a byte", "a.png", None, b"\0" + png(9, 9)),
]
_not_taken = [
    ("a page by its own name", "a.html", None, PAGE), ("a PDF by its own name", "a.pdf", None, b"%PDF-1.7\n"),
    ("a ZIP without a name", "a", None, zipped()), ("a text without a name", "a", None, b"Good day.\n"),
]
_hidden = []
for _what, _name, _image in (("a PNG", "a.png", png(9, 9)), ("a JPEG", "a.jpg", jpeg(9, 9)), ("a GIF", "a.gif", gif(9, 9))):
    _hidden += [
        (f"{_what} and a ZIP", _name, None, _image + zipped(len(_image))),
        (f"{_what} and a ZIP of its own places", _name, None, _image + zipped()),
        (f"{_what} and a ZIP with a note", _name, None, _image + zipped(note=b"hello") + b"\0"),
        (f"{_what} and a RAR", _name, None, _image + RAR),
        (f"{_what} and a 7z", _name, None, _image + SEVEN),
        (f"{_what} and a page", _name, None, _image + PAGE),
        (f"{_what} and PHP", _name, None, _image + b"<?php phpinfo();"),
        (f"{_what} and a PDF", _name, None, _image + b"%PDF-1.4\n"),
        (f"{_what} and a page far behind", _name, None, _image + bytes(200_003) + PAGE + bytes(200_000)),
    ]
_hidden += [
    ("a GIF with a page in a comment", "a.gif", None, gif(9, 9, extensions=comment(b"<SCRIPT src=x>"))),
    ("a GIF that is JavaScript", "a.gif", None, JS_GIF),
    ("a JPEG with PHP in a comment", "a.jpg", None, jpeg(9, 9, segment(0xFE, b"<?php system('id'); ?>"))),
    ("a PNG with a page in a text", "a.png", None, png(9, 9, before=chunk(b"tEXt", b"Comment\0<html><body>"))),
]
_active = [
    (f"an SVG with {what}", "a.svg", None, svg(content)) for what, content in (
        ("a script", b"<script>alert(1)</script>"), ("a handler", b"<path onclick=\"alert(1)\"/>"),
        ("foreign content", b"<foreignObject><p/></foreignObject>"), ("a link that runs", b"<a href=\"javascript:alert(1)\"><path/></a>"),
        ("a hidden link", b"<a href=\"&#x6A;ava&#10;script:alert(1)\"><path/></a>"),
        ("a picture from elsewhere", b"<image xlink:href=\"http://169.254.169.254/a.png\"/>"),
        ("a part of another file", b"<use href=\"other.svg#a\"/>"), ("a style from elsewhere", b"<style>@import url(https://example.com/a.css);</style>"),
        ("an animated handler", b"<set attributeName=\"onclick\" to=\"alert(1)\"/>"),
    )]
_active += [
    ("an SVG with a handler at its root", "a.svg", None, svg(attributes=b"onload=\"alert(1)\"")),
    ("an SVG with entities", "a.svg", None, b"<!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" + svg(b"<text>&b;</text>")),
    ("an SVG with a file as entity", "a.svg", None, b"<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + svg(b"<text>&x;</text>")),
]
_malformed = [
    ("a PNG of no width", "a.png", None, png(0, 9)), ("a JPEG of no height", "a.jpg", None, jpeg(9, 0)),
    ("a GIF of no width", "a.gif", None, gif(0, 9, (0, 0, 0, 9))), ("a PNG of 3-bit pixels", "a.png", None, png(9, 9, depth=3)),
    ("a PNG with a false checksum", "a.png", None, png(9, 9)[:30] + b"????" + png(9, 9)[34:]),
    ("a PNG without a header", "a.png", None, MAGIC + chunk(b"IDAT", b"\1\2\3")),
    ("a JPEG with two frames", "a.jpg", None, jpeg(9, 9, frame(9_000, 9))),
    ("a JPEG without a frame", "a.jpg", None, b"\xff\xd8" + SCAN),
    ("a WebP with another canvas", "a.webp", None, riff(canvas(9, 9), vp8(9_000, 9_000))),
    ("a GIF without a picture", "a.gif", None, gif(9, 9)[:19] + b";"),
    ("a GIF's magic before a page", "a.gif", None, b"GIF89a" + PAGE),
    ("an SVG that is cut", "a.svg", None, svg()[:-4]), ("an SVG that is not closed", "a.svg", None, b"<svg><g></svg>"),
    ("a deep SVG", "a.svg", None, svg(b"<g>" * 10_000)),
]
_unsupported = [
    ("a JPEG with too wide a header", "a.jpg", None, jpeg(9, 9, segment(0xE1, bytes(4_088)) * 2_200)),
    ("a bitmap with an odd header", "a.bmp", None, bmp(9, 9, header=66)),
    ("an SVG in UTF-7", "a.svg", None, b"<?xml version=\"1.0\" encoding=\"UTF-7\"?>" + svg()),
]
_large = [("a PNG of too many bytes", "a.png", None, png(9, 9, pixels=bytes(MAX_BYTES)))]

FILES = [
    File(what, name, declared, code, content)
    for code, files in (
        ("content_empty", _empty), ("content_truncated", _truncated), ("too_many_pixels", _pixels),
        ("content_extension_mismatch", _misnamed), ("content_type_mismatch", _misdeclared), ("content_type_malformed", _no_types),
        ("content_type_unknown", _unknown), ("content_type_not_allowed", _not_taken), ("content_hidden", _hidden),
        ("content_active", _active), ("content_malformed", _malformed), ("content_unsupported", _unsupported), ("too_large", _large))
    for what, name, declared, content in files
]
