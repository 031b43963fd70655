"""What a driver lists, written down, in; its answers to V4L2's enumeration calls, byte for byte, out."""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Rates = Sequence[tuple[int, int]]
"""Frame intervals: numerator, denominator, in seconds."""


@dataclass(frozen=True)
class Range:
    """A stepwise size: lowest, highest, step, for width and height; its intervals, shortest and longest."""

    width: tuple[int, int, int]
    height: tuple[int, int, int]
    shortest: tuple[int, int] = (1, 30)
    longest: tuple[int, int] = (1, 5)


T = TypeVar("T")
Sizes = dict[tuple[int, int], Rates] | Range | None
"""Discrete sizes, or a range, or None where the driver has no call for sizes."""


class RecordedDriver:
    """Answers as the kernel does: EINVAL behind the last entry, ENOTTY for a call that is not there."""

    def __init__(
        self, driver: str, card: str, capabilities: int, formats: dict[str, Sizes], *, whole: int = 0
    ) -> None:
        self._names = driver.encode(), card.encode()
        self._capabilities = capabilities
        self._whole = whole or capabilities | 0x80000000
        self._formats = formats

    def ioctl(self, request: int, structure: bytes) -> bytes:
        if request == 0x80685600:
            names = struct.pack("16s32s32s", *self._names, b"usb-0000:01:00.0-1")
            return names + struct.pack("III12x", 0x060122, self._whole, self._capabilities)
        index = struct.unpack_from("I", structure)[0]
        answer = {0xC0405602: self._format, 0xC02C564A: self._size, 0xC034564B: self._interval}[request]
        filled = answer(index, structure)
        assert len(filled) == len(structure) == request >> 16 & 0x3FFF, "the size stands in the request"
        return filled

    def _format(self, index: int, structure: bytes) -> bytes:
        _, kind = struct.unpack_from("II", structure)
        assert kind == 1
        name = _entry(list(self._formats), index)
        code = int.from_bytes(name.encode(), "little")
        return struct.pack("III32sI16x", index, kind, 0, name.encode(), code)

    def _size(self, index: int, structure: bytes) -> bytes:
        code = struct.unpack_from("I", structure, 4)[0]
        sizes = self._formats[code.to_bytes(4, "little").decode()]
        if sizes is None:
            raise OSError(errno.ENOTTY, "not a call of this driver")
        if isinstance(sizes, Range):
            _entry([sizes], index)
            return struct.pack("III6I8x", index, code, 3, *sizes.width, *sizes.height)
        return struct.pack("IIIII24x", index, code, 1, *_entry(list(sizes), index))

    def _interval(self, index: int, structure: bytes) -> bytes:
        _, code, width, height = struct.unpack_from("IIII", structure)
        sizes = self._formats[code.to_bytes(4, "little").decode()]
        head = struct.pack("IIII", index, code, width, height)
        if isinstance(sizes, Range):
            _entry([sizes], index)
            return head + struct.pack("I6I8x", 3, *sizes.shortest, *sizes.longest, 0, 1)
        assert sizes is not None
        return head + struct.pack("III24x", 1, *_entry(list(sizes[width, height]), index))


def _entry(entries: list[T], index: int) -> T:
    if index >= len(entries):
        raise OSError(errno.EINVAL, "behind the last entry")
    return entries[index]


FAST, SLOW = [(1, 30), (1, 15)], [(1, 5)]
# as `v4l2-ctl --all --list-formats-ext` shows a common 720p webcam: its raw rates fall with the size
WEBCAM = RecordedDriver(
    "uvcvideo",
    "HD Webcam: HD Webcam",
    0x04200001,
    {
        "MJPG": {(1280, 720): FAST, (640, 480): FAST, (320, 240): FAST},
        "YUYV": {(640, 480): FAST, (320, 240): FAST, (1280, 720): SLOW},
    },
)
WEBCAM_METADATA = RecordedDriver("uvcvideo", "HD Webcam: HD Webcam", 0x04A00000, {}, whole=0x84A00001)
PI_CODEC = RecordedDriver("bcm2835-codec", "bcm2835-codec-decode", 0x04204000, {})
PI_SENSOR = RecordedDriver("unicam", "unicam", 0x05200001, {"pBAA": None})
