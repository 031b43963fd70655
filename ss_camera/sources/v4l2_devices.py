"""The /dev/video* nodes in, what each one is out, by the kernel's own enumeration calls.

Source of numbers and layouts: the kernel's include/uapi/linux/videodev2.h, equal on all of its
architectures for the calls used here.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

_QUERYCAP = 0x80685600
_ENUM_FMT = 0xC0405602
_ENUM_FRAMESIZES = 0xC02C564A
_ENUM_FRAMEINTERVALS = 0xC034564B

_VIDEO_CAPTURE = 0x00000001
_STREAMING = 0x04000000
_READWRITE = 0x01000000
_DEVICE_CAPS = 0x80000000
_BUF_TYPE_VIDEO_CAPTURE = 1
_DISCRETE = 1
_MAX_ENTRIES = 256  # no driver lists as many; one that never ends its list must not hold us up

# nodes of a Raspberry Pi that answer as capture devices and are none that FFmpeg can use
_PI_INNER = {
    "bcm2835-codec": "a codec",
    "bcm2835-isp": "an image processor",
    "pispbe": "an image processor",
    "rpi-hevc-dec": "a codec",
    "rpivid": "a codec",
    "unicam": "the raw sensor, which CAMERA=picamera2 reads",
    "rp1-cfe": "the raw sensor, which CAMERA=picamera2 reads",
}

Ioctl = Callable[[int, bytes], bytes]
"""Takes a request and its structure, gives the structure as the driver filled it; raises `OSError`."""


@dataclass(frozen=True)
class Span:
    """The values from `low` to `high` in steps of `step`; a single value where both are equal."""

    low: int
    high: int
    step: int = 1

    def nearest(self, value: int) -> int:
        """The offered value next to `value`."""
        inside = min(max(value, self.low), self.high)
        return self.low + round((inside - self.low) / max(1, self.step)) * max(1, self.step)


@dataclass(frozen=True)
class Mode:
    """One entry of a driver's list: a pixel format (FourCC), its sizes, its frames a second as (low, high).

    `width` is None where the driver lists no sizes, `rates` empty where it lists no rates.
    """

    pixel_format: str
    width: Span | None = None
    height: Span | None = None
    rates: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Device:
    """One node: who drives it, what it is called, what it can do."""

    path: str
    driver: str
    card: str
    capabilities: int

    def unusable(self) -> str | None:
        """Why this is no camera for us, or None."""
        if self.driver in _PI_INNER:
            return f"is {_PI_INNER[self.driver]} ({self.driver})"
        if not self.capabilities & _VIDEO_CAPTURE:
            return f"captures no video ({self.driver})"
        if not self.capabilities & (_STREAMING | _READWRITE):
            return f"cannot be read from ({self.driver})"
        return None


def nodes(folder: Path = Path("/dev")) -> list[str]:
    """The paths of all video nodes, in the order of their numbers."""
    found = [path for path in folder.glob("video*") if re.fullmatch(r"video\d+", path.name)]
    return [str(path) for path in sorted(found, key=lambda path: int(path.name[5:]))]


def query(path: str) -> Device:
    """What the node says of itself. Raises `OSError`."""
    with _Node(path) as node:
        return device(path, node.ioctl)


def device(path: str, ioctl: Ioctl) -> Device:
    """What VIDIOC_QUERYCAP says."""
    answer = ioctl(_QUERYCAP, bytes(104))
    driver, card, _bus, _version, whole, of_node = struct.unpack_from("16s32s32sIII", answer)
    return Device(path, _text(driver), _text(card), of_node if whole & _DEVICE_CAPS else whole)


def modes_of(path: str) -> list[Mode]:
    """All modes of the node. Raises `OSError`."""
    with _Node(path) as node:
        return list(modes(node.ioctl))


def modes(ioctl: Ioctl) -> Iterator[Mode]:
    """All modes, by the three enumeration calls."""
    for answer in _entries(ioctl, _ENUM_FMT, "II56x", _BUF_TYPE_VIDEO_CAPTURE):
        fourcc = struct.unpack_from("44xI", answer)[0]
        name = fourcc.to_bytes(4, "little").decode("ascii", "replace").strip()
        found = False
        for size in _entries(ioctl, _ENUM_FRAMESIZES, "II36x", fourcc):
            width, height = _size(size)
            found = True
            yield Mode(name, width, height, _rates(ioctl, fourcc, width.high, height.high))
        if not found:
            yield Mode(name)


def _size(answer: bytes) -> tuple[Span, Span]:
    kind, *numbers = struct.unpack_from("8xI6I", answer)
    if kind == _DISCRETE:
        return Span(numbers[0], numbers[0]), Span(numbers[1], numbers[1])
    return Span(*numbers[0:3]), Span(*numbers[3:6])


def _rates(ioctl: Ioctl, fourcc: int, width: int, height: int) -> tuple[tuple[float, float], ...]:
    rates = []
    for answer in _entries(ioctl, _ENUM_FRAMEINTERVALS, "IIII36x", fourcc, width, height):
        kind, *numbers = struct.unpack_from("16xI4I", answer)
        if not all(numbers[: 2 if kind == _DISCRETE else 4]):
            continue  # an interval of 0: some drivers do that
        fastest = float(Fraction(numbers[1], numbers[0]))
        slowest = fastest if kind == _DISCRETE else float(Fraction(numbers[3], numbers[2]))
        rates.append((slowest, fastest))
    return tuple(rates)


def _entries(ioctl: Ioctl, request: int, layout: str, *arguments: int) -> Iterator[bytes]:
    """The answers for index 0, 1, .. until the driver says that there are no more."""
    for index in range(_MAX_ENTRIES):
        try:
            yield ioctl(request, struct.pack(layout, index, *arguments))
        except OSError as error:
            # EINVAL: the end; ENOTTY: the driver does not have this call
            if error.errno in (errno.EINVAL, errno.ENOTTY):
                return
            raise


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


class _Node:
    """An open node for enumeration; capturing by another program is not disturbed by it."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> _Node:
        self._file = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def ioctl(self, request: int, structure: bytes) -> bytes:
        return fcntl.ioctl(self._file, request, structure)
