"""MP4 bytes in, what a player takes from them out: written from the standard, not from `ss_camera.mp4`."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """One frame as the boxes tell it; times in microseconds from the clip's beginning."""

    pts_us: int
    duration_us: int
    key: bool
    data: bytes


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Kind and content of each box. Fails where the bytes are not boxes from end to end."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        assert 8 <= size <= len(data) - at, f"a box of {size} bytes at {at} of {len(data)}"
        yield kind.decode("latin-1"), data[at + 8 : at + size]
        at += size


def find(data: bytes, *path: str) -> bytes:
    """The content of the first box at `path`."""
    for kind in path:
        data = next(content for name, content in boxes(data) if name == kind)
    return data


def frames(mp4: bytes) -> list[Shown]:
    """All frames of a fragmented MP4 of one track, in order."""
    shown: list[Shown] = []
    kinds = list(boxes(mp4))
    for (kind, moof), (following, mdat) in itertools.pairwise(kinds):
        if kind == "moof":
            assert following == "mdat"
            shown += _fragment(moof, mdat)
    return shown


def _fragment(moof: bytes, mdat: bytes) -> Iterator[Shown]:
    pts_us = struct.unpack(">Q", find(moof, "traf", "tfdt")[4:])[0]
    trun = find(moof, "traf", "trun")
    assert trun[:4] == bytes.fromhex("00000701")
    count, offset = struct.unpack_from(">II", trun, 4)
    at = offset - len(moof) - 16  # from the moof's beginning; two box heads lie between
    assert at == 0
    for duration_us, size, flags in struct.iter_unpack(">3I", trun[12:]):
        yield Shown(pts_us, duration_us, flags == 0x02000000, mdat[at : at + size])
        pts_us, at, count = pts_us + duration_us, at + size, count - 1
    assert (at, count) == (len(mdat), 0)
