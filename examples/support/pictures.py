"""Makes small files of many kinds, each with contents of its own.

    pictures.py FILE…      the kind is what the name ends in: .jpg, .png, .gif, .mp4, .pdf; directories are made
"""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Support"))
import hostile_files as made  # noqa: E402
import tiny_images  # noqa: E402


def box(kind, content):
    return struct.pack(">I", len(content) + 8) + kind + content


def picture(kind, text):
    """The bytes of a file of a kind, with a text in it."""
    if kind in (".jpg", ".jpeg"):
        return tiny_images.jpeg(text)
    if kind == ".png":
        return tiny_images.png(text)
    if kind == ".gif":
        return made.gif(4, 3, extensions=made.comment(text.encode()[:200]))
    if kind == ".mp4":
        return box(b"ftyp", b"isom" + bytes(4) + b"isomiso2mp41") + box(b"mdat", text.encode())
    if kind == ".pdf":
        return b"%PDF-1.4\n% " + text.encode() + b"\n%%EOF\n"
    raise SystemExit(f"{kind} is no kind of picture")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = pathlib.Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(path.suffix, name))
