"""A JPEG's bytes in, its segments, size and EXIF out; no pixel is decoded.

Source of the format: ITU-T T.81 annex B (markers), CIPA DC-008 4.7 (the Exif APP1 segment).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SOI = b"\xff\xd8"
EXIF_HEADER = b"Exif\x00\x00"
MAX_SEGMENT = 0xFFFF - 2
"""Bytes that one segment can carry behind its length field."""

MAX_EXIF = MAX_SEGMENT - len(EXIF_HEADER)
"""Bytes of TIFF that fit into one."""

_APP1 = 0xE1
_SOS = 0xDA
_PADDING = 4096  # bytes of zeros that a USB camera was seen to leave behind the end
_EOI = b"\xff\xd9"
# start-of-frame markers: C0..CF without DHT (C4), JPG (C8) and DAC (CC)
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class NotJpeg(ValueError):
    """The bytes are no whole JPEG; the message says what is missing."""


@dataclass(frozen=True)
class Segment:
    """One marker segment in front of the picture data; `start` is at its 0xFF, `end` behind it."""

    marker: int
    start: int
    end: int

    def body(self, data: bytes) -> bytes:
        """What stands behind the length field."""
        return data[self.start + 4 : self.end]


def segments(data: bytes) -> Iterator[Segment]:
    """The segments up to the first start-of-scan, that one included. Raises `NotJpeg`."""
    if data[:2] != SOI:
        raise NotJpeg("it does not begin as a JPEG")
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":  # fill bytes before a marker are allowed
            at += 1
        if len(data) < at + 4 or data[at] != 0xFF:
            raise NotJpeg("a JPEG that ends or breaks in its header")
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data) or end < at + 4:
            raise NotJpeg("a JPEG with a segment longer than itself")
        yield Segment(data[at + 1], at, end)
        if data[at + 1] == _SOS:
            return
        at = end


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the frame header. Raises `NotJpeg`."""
    for segment in segments(data):
        if segment.marker in _FRAME_MARKERS:
            body = segment.body(data)
            if len(body) < 5:
                break
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            if not width or not height:
                raise NotJpeg("a JPEG of no width or height")
            return width, height
    raise NotJpeg("a JPEG without a frame header")


def is_whole(data: bytes) -> bool:
    """Whether the end marker is there. Some cameras pad with zeros behind it."""
    return data.endswith(_EOI) or data[-_PADDING:].rstrip(b"\x00").endswith(_EOI)


def exif(data: bytes) -> bytes | None:
    """The TIFF structure of the Exif segment, or None. Raises `NotJpeg`."""
    for segment in segments(data):
        if _is_exif(data, segment):
            return segment.body(data)[len(EXIF_HEADER) :]
    return None


def with_exif(data: bytes, tiff: bytes) -> bytes:
    """The same picture with `tiff` as its only Exif segment, in front of all others.

    Raises `NotJpeg`, and `ValueError` where `tiff` is longer than a segment holds. Exif asks for the
    first place; a JFIF segment behind it is read by every decoder tried.
    """
    if len(tiff) > MAX_EXIF:
        raise ValueError(f"EXIF of {len(tiff)} bytes; a JPEG segment holds {MAX_EXIF}")
    app1 = b"\xff\xe1" + (len(tiff) + len(EXIF_HEADER) + 2).to_bytes(2, "big") + EXIF_HEADER + tiff
    view = memoryview(data)
    parts: list[bytes | memoryview] = [SOI, app1]
    at = 2
    for segment in segments(data):
        if _is_exif(data, segment):
            parts.append(view[at : segment.start])
            at = segment.end
    parts.append(view[at:])
    return b"".join(parts)


def _is_exif(data: bytes, segment: Segment) -> bool:
    return segment.marker == _APP1 and data.startswith(EXIF_HEADER, segment.start + 4)
