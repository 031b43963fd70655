"""A picture as a JPEG has it, in three planes; what is done with a plane wherever it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ss_camera.sources.jpeg_encoder import Plane

NEUTRAL = 128
"""U and V of what has no colour."""


@dataclass(frozen=True)
class Yuv420:
    """Full-range BT.601 planes as a JPEG has them; `u` and `v` have half the size, rounded up."""

    y: Plane
    u: Plane
    v: Plane

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        return self.y.shape[1], self.y.shape[0]

    def each(self, change: Callable[[Plane], Plane]) -> Yuv420:
        """The same change of all three planes."""
        return Yuv420(change(self.y), change(self.u), change(self.v))


def half(size: tuple[int, int]) -> tuple[int, int]:
    """The size of the colour planes of a picture of this width and height."""
    return -(-size[0] // 2), -(-size[1] // 2)


def colourless(y: Plane) -> Yuv420:
    """A gray picture."""
    width, height = half((y.shape[1], y.shape[0]))
    chroma = np.full((height, width), NEUTRAL, np.uint8)
    return Yuv420(y, chroma, chroma)


def looked_up(plane: Plane, table: bytes) -> Plane:
    """Each value replaced by that of a table of 256: three times as fast as indexing by NumPy."""
    return np.frombuffer(plane.tobytes().translate(table), np.uint8).reshape(plane.shape)


def zoomed(plane: Plane, part: tuple[float, float, float, float], size: tuple[int, int]) -> Plane:
    """The part x, y, width, height (shares of the plane, 0 to 1) as a plane of this width and height.

    What of the part lies outside is left out; at least one pixel stays.
    """
    rows, columns = plane.shape
    left, right = _span(part[0], part[2], columns)
    top, bottom = _span(part[1], part[3], rows)
    image = Image.fromarray(np.ascontiguousarray(plane))
    box = (left, top, right, bottom)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box))


def cut(plane: Plane, part: tuple[float, float, float, float]) -> Plane:
    """The same part in its own size, to the next whole pixel; at least 8 pixels a side where there are."""
    rows, columns = plane.shape
    (left, right), (top, bottom) = _span(part[0], part[2], columns, 8), _span(part[1], part[3], rows, 8)
    return np.ascontiguousarray(plane[round(top) : round(bottom), round(left) : round(right)])


def _span(start: float, length: float, pixels: int, least: int = 1) -> tuple[float, float]:
    least = min(least, pixels)
    first = min(max(0.0, start * pixels), float(pixels - least))
    return first, min(max(first + least, (start + length) * pixels), float(pixels))
