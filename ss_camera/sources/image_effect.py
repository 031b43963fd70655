"""A picture and picamera's name of an effect in, the picture with the effect out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from ss_camera.properties import effects
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.planes import Yuv420


class ImageEffect:
    """One of `properties.effects.EFFECTS` with its parameters; any other changes nothing."""

    def __init__(self, name: str, params: Sequence[float]) -> None:
        self._radius = effects.blur_radius(params) if name == "blur" else 0
        self._curve = effects.curve(name, params)
        self._channels = effects.channels(params) if name == "colorswap" else None

    def __bool__(self) -> bool:
        return bool(self._radius or self._curve or self._channels)

    def apply(self, picture: Yuv420) -> Yuv420:
        """The picture with the effect."""
        if self._radius:
            return picture.each(self._blurred)
        red_green_blue = _rgb(picture)
        if self._curve is not None:
            red_green_blue = red_green_blue.point(list(self._curve) * 3)
        if self._channels is not None:
            channels = red_green_blue.split()
            red_green_blue = Image.merge("RGB", [channels[index] for index in self._channels])
        return _planes(red_green_blue)

    def _blurred(self, plane: Plane) -> Plane:
        image = Image.fromarray(np.ascontiguousarray(plane))
        return np.asarray(image.filter(ImageFilter.BoxBlur(self._radius)))


def _rgb(picture: Yuv420) -> Image.Image:
    """Effects are curves of red, green and blue: these few settings pay for both conversions."""
    planes = [Image.fromarray(np.ascontiguousarray(plane)) for plane in (picture.y, picture.u, picture.v)]
    width, height = picture.size
    doubled = [
        plane.resize((plane.width * 2, plane.height * 2), Image.Resampling.NEAREST).crop(
            (0, 0, width, height)
        )
        for plane in planes[1:]
    ]
    return Image.merge("YCbCr", [planes[0], *doubled]).convert("RGB")


def _planes(image: Image.Image) -> Yuv420:
    y, u, v = image.convert("YCbCr").split()
    return Yuv420(np.asarray(y), np.asarray(u.reduce(2)), np.asarray(v.reduce(2)))
