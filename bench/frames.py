"""A size in, the bytes of a picture out: a JPEG's structure around bytes that no compression shrinks."""

from __future__ import annotations

import random
import struct

SIZES = {"15KB": 15_000, "100KB": 100_000, "900KB": 900_000}
"""The sizes measured, in bytes: QVGA, VGA and full-HD pictures of a busy scene."""

_HEAD = (
    b"\xff\xd8"
    + b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    + b"\xff\xc0\x00\x0b\x08"
    + struct.pack(">HH", 480, 640)
    + b"\x01\x01\x11\x00"
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
)
_END = b"\xff\xd9"


def picture(size: int, seed: int = 0) -> bytes:
    """`size` bytes that every program takes for one whole JPEG; nothing decodes to a sensible image."""
    scan = random.Random(seed).randbytes(size - len(_HEAD) - len(_END))  # noqa: S311 - no secret
    return _HEAD + scan.replace(b"\xff", b"\x7f") + _END


def as_from_a_camera(frame: bytes) -> bytes:
    """The same bytes in a new object: a camera gives new memory with every picture."""
    return bytes(memoryview(frame))
