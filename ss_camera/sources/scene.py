"""A moment in, the picture of a drawn scene at that moment out: the same moment, the same picture.

A landscape under a band with the camera's name, the time and the frame number; a ball crosses it
and is gone for a while. The background is drawn once; a picture restores and draws small patches
only, so that it costs little beside its encoding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ss_camera.sources.glyphs import Glyphs
from ss_camera.sources.jpeg_encoder import Plane

CROSSING_S = 8.0
"""Seconds that the ball takes from side to side."""
ABSENT_S = 4.0
"""Seconds without a ball after each crossing."""
NAME_LENGTH = 20
"""Characters of the camera's name that fit."""

_BAND = 24  # luma of the band behind the text
_BALL = (200, 90, 200)  # Y, U, V: a light red
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Yuv420:
    """Full-range BT.601 planes as a JPEG has them; `u` and `v` have half the size, rounded up."""

    y: Plane
    u: Plane
    v: Plane


@dataclass(frozen=True)
class Box:
    """Where something is in luma pixels: left and top even, and possibly outside the picture."""

    left: int
    top: int
    side: int


class Scene:
    """The landscape of one camera at one size, in pixels."""

    def __init__(self, width: int, height: int, name: str) -> None:
        self.width = width
        self.height = height
        self._glyphs = Glyphs(width, height)
        self._title = name.encode("ascii", "replace").decode()[:NAME_LENGTH]
        self._background = self._landscape()
        self._canvas = Yuv420(*(plane.copy() for plane in self._planes(self._background)))
        self._ball_side = max(4, height // 5 // 4 * 4)
        self._disc = _disc(self._ball_side)
        self._drawn: Box | None = None

    def draw(self, elapsed_s: float, wall_us: int, frame: int) -> Yuv420:
        """The picture `elapsed_s` seconds after the scene began; valid until the next call."""
        if self._drawn is not None:
            self._restore(self._drawn)
        self._drawn = self.ball(elapsed_s)
        if self._drawn is not None:
            self._draw_ball(self._drawn)
        for line, text in enumerate(self.lines(wall_us, frame)):
            self._glyphs.draw(self._canvas.y, line, text)
        return self._canvas

    def lines(self, wall_us: int, frame: int) -> tuple[str, str]:
        """The two lines of text in the band."""
        time = (_EPOCH + timedelta(microseconds=wall_us)).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"
        return time, f"{frame:08d} {self._title}"

    def ball(self, elapsed_s: float) -> Box | None:
        """Where the ball is, or None while it is away."""
        phase_s = elapsed_s % (CROSSING_S + ABSENT_S)
        if phase_s >= CROSSING_S:
            return None
        path = self.width + self._ball_side
        left = round(path * phase_s / CROSSING_S) - self._ball_side
        bounce = abs((phase_s * 4 / CROSSING_S) % 2 - 1)  # 1 at the ends and in the middle
        low, high = self.height - self._ball_side, min(self._glyphs.band_height, self.height // 2)
        return Box(left // 2 * 2, round(low + (high - low) * (1 - bounce) ** 2) // 2 * 2, self._ball_side)

    @staticmethod
    def _planes(picture: Yuv420) -> tuple[Plane, Plane, Plane]:
        return picture.y, picture.u, picture.v

    def _landscape(self) -> Yuv420:
        """Sky, hills and ground with a fixed texture: a JPEG of it is as large as a camera's."""
        rows, columns = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32)
        x, y = columns / self.width, rows / self.height
        hill = y > 0.62 + 0.08 * np.sin(7 * x) + 0.03 * np.sin(23 * x + 1)
        luma = np.where(hill, 110 - 40 * y + 12 * np.sin(60 * y), 215 - 90 * y)
        luma += np.random.default_rng(1).normal(0, np.where(hill, 7, 2))
        band = rows < self._glyphs.band_height
        luma[band] = _BAND
        chroma = (
            np.where(hill, np.float32(112), np.float32(146)),
            np.where(hill, np.float32(118), np.float32(112)),
        )
        u, v = (np.where(band, 128, c)[::2, ::2] for c in chroma)
        planes = (np.ascontiguousarray(p.clip(0, 255).astype(np.uint8)) for p in (luma, u, v))
        return Yuv420(*planes)

    def _restore(self, box: Box) -> None:
        for step, canvas, background in zip(
            (1, 2, 2), self._planes(self._canvas), self._planes(self._background), strict=True
        ):
            inside = _inside(box, step, canvas)
            canvas[inside] = background[inside]

    def _draw_ball(self, box: Box) -> None:
        for step, canvas, colour in zip((1, 2, 2), self._planes(self._canvas), _BALL, strict=True):
            rows, columns = _inside(box, step, canvas)
            top, left = box.top // step, box.left // step
            disc = self._disc[::step, ::step]
            visible = disc[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
            canvas[rows, columns][visible] = colour


def _inside(box: Box, step: int, plane: Plane) -> tuple[slice, slice]:
    """The rows and columns of a plane of 1/`step` size that `box` covers."""
    (height, width), side = plane.shape, box.side // step
    top, left = box.top // step, box.left // step
    rows = slice(min(max(0, top), height), min(max(0, top + side), height))
    return rows, slice(min(max(0, left), width), min(max(0, left + side), width))


def _disc(side: int) -> NDArray[np.bool_]:
    from_centre = np.arange(side) - (side - 1) / 2
    disc: NDArray[np.bool_] = from_centre[:, None] ** 2 + from_centre**2 <= (side / 2) ** 2
    return disc
