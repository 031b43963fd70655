"""Brightness, contrast, saturation and sharpness in, tables and filters for planes out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from ss_camera.properties.edits import Edits
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.planes import NEUTRAL, Yuv420, looked_up

_LEVELS = np.arange(256, dtype=np.float64)
_MID_GRAY = 127.5


class Tone:
    """What `edits` say of tone and colour, for pictures of any size. False where they say nothing."""

    def __init__(self, edits: Edits) -> None:
        contrast, saturation = _gain(edits.contrast), _gain(edits.saturation)
        added = _LEVELS + (edits.brightness - 50) / 50 * 255
        luma = (added.clip(0, 255) - _MID_GRAY) * contrast + _MID_GRAY
        # more contrast in red, green and blue is as much more of each colour's distance to gray
        chroma = (_LEVELS - NEUTRAL) * contrast * saturation + NEUTRAL
        self._luma = _table(luma)
        self._chroma = _table(chroma)
        self._sharpness = _gain(edits.sharpness)

    def __bool__(self) -> bool:
        return self._luma is not None or self._chroma is not None or self._sharpness != 1

    def apply(self, picture: Yuv420) -> Yuv420:
        """The picture in its new tones."""
        y, u, v = picture.y, picture.u, picture.v
        if self._luma is not None:
            y = looked_up(y, self._luma)
        if self._chroma is not None:
            u, v = looked_up(u, self._chroma), looked_up(v, self._chroma)
        if self._sharpness != 1:
            y = self._sharpened(y)
        return Yuv420(y, u, v)

    def _sharpened(self, luma: Plane) -> Plane:
        """Of luma alone: eyes see no edges of colour that fine, and a JPEG has halved them."""
        image = Image.fromarray(np.ascontiguousarray(luma))
        return np.asarray(Image.blend(image.filter(ImageFilter.BoxBlur(1)), image, self._sharpness))


def _gain(percent: int) -> float:
    return 1 + percent / 100


def _table(levels: NDArray[np.float64]) -> bytes | None:
    """None where nothing changes."""
    table = levels.round().clip(0, 255).astype(np.uint8)
    return None if np.array_equal(table, _LEVELS) else table.tobytes()
