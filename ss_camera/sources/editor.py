"""A picture's planes and what is to be edited in, the edited planes out."""

from __future__ import annotations

import numpy as np

from ss_camera.properties.edits import Edits
from ss_camera.sources.caption import Caption
from ss_camera.sources.image_effect import ImageEffect
from ss_camera.sources.orientation import Orientation
from ss_camera.sources.planes import Yuv420, half, zoomed
from ss_camera.sources.tone import Tone

_WHOLE = (0.0, 0.0, 1.0, 1.0)


class PictureEditor:
    """Does all of `edits` in the order of their fields. It counts its pictures, from 1.

    Measured: docs/design/sources.md has the time that each edit takes.
    """

    def __init__(self, edits: Edits) -> None:
        self.orientation = Orientation.of(edits)
        self.size = None if edits.resize is None else self.orientation.size_before(*edits.resize)
        """Width and height before a picture is turned, where `resize` asks for some."""
        self._edits = edits
        self._tone = Tone(edits)
        self._effect = ImageEffect(edits.effect, edits.effect_params)
        self._caption = Caption(edits.annotation) if edits.annotation is not None else None
        self._count = 0

    def edit(
        self, picture: Yuv420, wall_us: int, size: tuple[int, int] | None = None, number: int | None = None
    ) -> Yuv420:
        """The edited picture; `picture` itself stays as it is.

        `size` is the width and height that are asked for, before it is turned; without, it keeps its own.
        `wall_us` is its wall clock in microseconds since 1970 and `number` its frame's number, both for the
        annotation; without a number it is the count of the pictures edited.
        """
        self._count += 1
        edits = self._edits
        size = size or self.size or picture.size
        if edits.zoom is not None or size != picture.size:
            picture = _zoomed(picture, edits.zoom or _WHOLE, size)
        if self.orientation:
            picture = picture.each(self.orientation.plane)
        if self._tone:
            picture = self._tone.apply(picture)
        if self._effect:
            picture = self._effect.apply(picture)
        if edits.colour is not None:
            u, v = (np.full_like(picture.u, value) for value in edits.colour)
            picture = Yuv420(picture.y, u, v)
        if self._caption is not None:
            picture = self._caption.draw(picture, wall_us, self._count if number is None else number)
        return picture


def _zoomed(picture: Yuv420, part: tuple[float, float, float, float], size: tuple[int, int]) -> Yuv420:
    small = half(size)
    return Yuv420(
        zoomed(picture.y, part, size), zoomed(picture.u, part, small), zoomed(picture.v, part, small)
    )
