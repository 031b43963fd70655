"""A payload in, what it is and its size out; also the PNG pictures that SINETStream's `image` type sends."""

from __future__ import annotations

from ss_camera import message
from ss_camera.message import Incoming

MAX_PIXELS = 50_000_000
"""Pixels of a picture that is shown: a header may claim any size, a decoder would allocate it."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"


def read(payload: bytes) -> Incoming:
    """What `payload` is. Never raises, whatever the bytes are; decodes no pixel."""
    return _read_png(payload) if payload.startswith(_PNG) else message.read(payload)


def too_large(incoming: Incoming) -> str | None:
    """Why a picture is not given to a decoder, or None where it may be."""
    if (incoming.width or 0) * (incoming.height or 0) <= MAX_PIXELS:
        return None
    limit = MAX_PIXELS // 1_000_000
    return f"a picture of {incoming.width}x{incoming.height}, more than {limit} megapixels"


def _read_png(payload: bytes) -> Incoming:
    # W3C PNG 11.2.2: IHDR is the first chunk; width and height are its first eight bytes
    width, height = int.from_bytes(payload[16:20], "big"), int.from_bytes(payload[20:24], "big")
    if payload[12:16] != b"IHDR" or not width or not height:
        return Incoming("foreign", problem="a PNG without a size")
    if not payload.endswith(_PNG_END):
        return Incoming("foreign", problem="a PNG without its end")
    return Incoming("still", None, width, height)
