"""Size, rate and bit rate of a video in, the H.264 level that it needs or what a level forbids out.

Limits: ITU-T H.264, Annex A, table A-1 (MaxMBPS, MaxFS, MaxBR) and A.3.1 (no side longer than the root
of 8 * MaxFS). The high profile has 1.25 times the bit rate (table A-2).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a video asks of a decoder; None where it is not known before the camera is open."""

    width: int | None
    height: int | None
    framerate: float | None
    bitrate: int
    profile: str


@dataclass(frozen=True)
class Excess:
    """One limit that is passed. `what` is `size`, `rate` or `bitrate`; both numbers are in `unit`."""

    what: str
    has: int
    most: int
    unit: str


# level: macroblocks a second, macroblocks a frame, kilobits a second
LIMITS = {
    "1": (1_485, 99, 64),
    "1b": (1_485, 99, 128),
    "1.1": (3_000, 396, 192),
    "1.2": (6_000, 396, 384),
    "1.3": (11_880, 396, 768),
    "2": (11_880, 396, 2_000),
    "2.1": (19_800, 792, 4_000),
    "2.2": (20_250, 1_620, 4_000),
    "3": (40_500, 1_620, 10_000),
    "3.1": (108_000, 3_600, 14_000),
    "3.2": (216_000, 5_120, 20_000),
    "4": (245_760, 8_192, 20_000),
    "4.1": (245_760, 8_192, 50_000),
    "4.2": (522_240, 8_704, 50_000),
    "5": (589_824, 22_080, 135_000),
    "5.1": (983_040, 36_864, 240_000),
    "5.2": (2_073_600, 36_864, 240_000),
}
_BLOCK_PX = 16


def excess(level: str, load: Load) -> Excess | None:
    """The first limit of `level` that `load` passes."""
    per_second, per_frame, kilobits = LIMITS[level]
    most_bps = kilobits * (1250 if load.profile == "high" else 1000)
    if load.width is not None and load.height is not None:
        columns, rows = -(-load.width // _BLOCK_PX), -(-load.height // _BLOCK_PX)
        longest = max(columns, rows)
        if columns * rows > per_frame:
            return Excess("size", columns * rows, per_frame, "macroblocks a frame")
        if longest**2 > 8 * per_frame:
            return Excess("size", longest, int((8 * per_frame) ** 0.5), "macroblocks along a side")
        if load.framerate is not None and columns * rows * load.framerate > per_second:
            has = round(columns * rows * load.framerate)
            return Excess("rate", has, per_second, "macroblocks a second")
    if load.bitrate > most_bps:
        return Excess("bitrate", load.bitrate, most_bps, "bits a second")
    return None


def lowest(load: Load, start: str) -> str | None:
    """The lowest level from `start` on that takes `load`, or None where there is none."""
    names = list(LIMITS)
    return next((name for name in names[names.index(start) :] if excess(name, load) is None), None)
