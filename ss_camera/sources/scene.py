"""A moment in, the picture of a drawn scene at that moment out: the same moment, the same picture.

A landscape under a band with the camera's name, the time and the frame number; a ball crosses it
and is gone for a while, or moves as a script says. The background is drawn once; a picture restores
and draws small patches only, so that it costs little beside its encoding.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ss_camera.settings.model import SyntheticSettings
from ss_camera.sources.ball import Box, Way, demo_way, scripted_way, side_of
from ss_camera.sources.glyphs import Glyphs
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.planes import Yuv420

NAME_LENGTH = 20
"""Characters of the camera's name that fit."""

_BAND = 24  # luma of the band behind the text
_DEMO_BALL = ((200, 90, 200),)  # Y, U, V: a light red
# dark in front, light behind: whatever is behind it, the half of it differs by a hundred
_SCRIPT_BALL = ((16, 128, 128), (235, 128, 128))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Scene:
    """The landscape of one camera at one size, in pixels."""

    def __init__(self, width: int, height: int, name: str, settings: SyntheticSettings | None = None) -> None:
        self.width = width
        self.height = height
        self._glyphs = Glyphs(width, height)
        self._title = name.encode("ascii", "replace").decode()[:NAME_LENGTH]
        self._background = self._landscape()
        self._canvas = Yuv420(*(plane.copy() for plane in self._planes(self._background)))
        settings = settings or SyntheticSettings()
        side = side_of(settings, height)
        scripted = settings.motion is not None
        colours = _SCRIPT_BALL if scripted else _DEMO_BALL
        top = self._glyphs.band_height
        self._way: Way = (
            scripted_way(settings, side, width, height, top)
            if scripted
            else demo_way(side, width, height, top)
        )
        self._disc = _disc(side)
        self._ball = Yuv420(*(_striped(side, luma) for luma in zip(*colours, strict=True)))
        self._drawn: Box | None = None

    def draw(self, elapsed_s: float, wall_us: int, frame: int) -> Yuv420:
        """The picture `elapsed_s` seconds after the scene began; valid until the next call."""
        if self._drawn is not None:
            self._restore(self._drawn)
        self._drawn = self._way(elapsed_s)
        if self._drawn is not None:
            self._draw_ball(self._drawn)
        for line, text in enumerate(self.lines(wall_us, frame)):
            self._glyphs.draw(self._canvas.y, line, text)
        return self._canvas

    def lines(self, wall_us: int, frame: int) -> tuple[str, str]:
        """The two lines of text in the band."""
        time = (_EPOCH + timedelta(microseconds=wall_us)).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"
        return time, f"{frame:08d} {self._title}"

    @property
    def band_height(self) -> int:
        """Rows at the top in which the text changes with every picture."""
        return self._glyphs.band_height

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
        for step, canvas, ball in zip(
            (1, 2, 2), self._planes(self._canvas), self._planes(self._ball), strict=True
        ):
            rows, columns = _inside(box, step, canvas)
            top, left = box.top // step, box.left // step
            seen = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
            disc = self._disc[::step, ::step][seen]
            canvas[rows, columns][disc] = ball[::step, ::step][seen][disc]


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


def _striped(side: int, values: tuple[int, ...]) -> Plane:
    """A square in upright stripes of these values."""
    row = np.array(values, np.uint8)[np.arange(side) * len(values) // side]
    return np.broadcast_to(row, (side, side))
