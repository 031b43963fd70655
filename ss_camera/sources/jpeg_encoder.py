"""Pixels in, a JPEG out: by simplejpeg where it is installed, by Pillow elsewhere.

Measured on one x86-64 core at quality 85, a noisy picture, median ms for 640x480 / 1080p / 4K:
simplejpeg 0.7 / 5.2 / 21, Pillow 0.9 / 6.3 / 26. PyAV's own mjpeg encoder takes four times as long.
"""

from __future__ import annotations

import io
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]


class JpegEncoder(Protocol):
    """Encodes at one quality, 1..100. Arrays are uint8; a view with other strides is copied first."""

    name: str

    def rgb(self, pixels: Plane) -> bytes:
        """From (height, width, 3)."""
        ...

    def gray(self, luma: Plane) -> bytes:
        """From (height, width): a JPEG of one component."""
        ...

    def yuv420(self, y: Plane, u: Plane, v: Plane) -> bytes:
        """From full-range BT.601 planes as JFIF has them, `u` and `v` of half size, rounded up."""
        ...


class SimpleJpegEncoder:
    """libjpeg-turbo by simplejpeg; raises `ImportError` where that is not installed."""

    name = "simplejpeg"

    def __init__(self, quality: int) -> None:
        import simplejpeg  # it takes contiguous arrays only: a mirrored view is an error there

        self._quality = quality
        self._library = simplejpeg

    def rgb(self, pixels: Plane) -> bytes:
        # libjpeg's usual subsampling, as Pillow does: simplejpeg's own default is 444
        return bytes(self._library.encode_jpeg(np.ascontiguousarray(pixels), self._quality, "RGB", "420"))

    def gray(self, luma: Plane) -> bytes:
        return bytes(
            self._library.encode_jpeg(np.ascontiguousarray(luma)[..., None], self._quality, "GRAY", "Gray")
        )

    def yuv420(self, y: Plane, u: Plane, v: Plane) -> bytes:
        return bytes(
            self._library.encode_jpeg_yuv_planes(*map(np.ascontiguousarray, (y, u, v)), self._quality)
        )


class PillowEncoder:
    """For systems without a wheel of simplejpeg (32-bit ARM)."""

    name = "Pillow"

    def __init__(self, quality: int) -> None:
        self._quality = quality

    def rgb(self, pixels: Plane) -> bytes:
        return self._save(Image.fromarray(pixels))

    def gray(self, luma: Plane) -> bytes:
        return self._save(Image.fromarray(luma))

    def yuv420(self, y: Plane, u: Plane, v: Plane) -> bytes:
        height, width = y.shape
        # Pillow takes full planes only; the doubled pixels are averaged to the same ones again
        chroma = [Image.fromarray(np.repeat(np.repeat(c, 2, 0), 2, 1)[:height, :width]) for c in (u, v)]
        return self._save(Image.merge("YCbCr", [Image.fromarray(y), *chroma]))

    def _save(self, image: Image.Image) -> bytes:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=self._quality)
        return out.getvalue()


def open_encoder(quality: int) -> JpegEncoder:
    """The fastest encoder that is installed."""
    try:
        return SimpleJpegEncoder(quality)
    except (ImportError, ValueError):  # ValueError is NumPy's: the module was made for another NumPy
        return PillowEncoder(quality)
