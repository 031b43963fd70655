"""Settings as in `.env` in, an open PicameraSource out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

from ss_camera.clock import Clock, RealClock
from ss_camera.media import Still
from ss_camera.settings.load import load
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.legacy_camera import PicameraSource
from tests.camera.mmal import scene

VGA = {"PICAMERA_RESOLUTION": "VGA", "PICAMERA_FRAMERATE": "60"}
VIDEO = VGA | {"PICAMERA_FRAMERATE": "30", "MOTION": "on", "CLIP_BITRATE": "1000000"}


class Opened(PicameraSource):
    """Shows the library's object, for tests that read properties back."""

    @property
    def device(self) -> Any:
        return self._device


def settings(environment: dict[str, str]) -> CameraSettings:
    """Through the program's own reader and checks."""
    return load(
        None, need_broker=False, environ={"CAMERA": "picamera", **environment}, secrets_dirs=[]
    ).camera


def open_source(
    environment: dict[str, str], clock: Clock | None = None, kind: type[Opened] = Opened
) -> Opened:
    return kind(settings(environment), clock or RealClock(), lambda text: None)


@contextmanager
def opened(
    environment: dict[str, str], clock: Clock | None = None, kind: type[Opened] = Opened
) -> Iterator[Opened]:
    """An open source, closed at the end."""
    source = open_source(environment, clock, kind)
    try:
        yield source
    finally:
        source.close()


def picture(still: Still) -> Image.Image:
    """The still decoded."""
    return Image.open(io.BytesIO(still.data))


def corners(image: Image.Image) -> list[str]:
    """What stands in the four corners, by name: left and right of the top, then of the bottom."""
    pixels = image.convert("YCbCr")
    away = scene.CORNER // 4
    found = []
    for y in (away, image.height - away):
        for x in (away, image.width - away):
            found.append(_name(pixels.getpixel((x, y))))
    return found


def _name(pixel: Any) -> str:
    """The nearest of the scene's corners, or `-` for anything else."""
    distances = {
        name: sum((a - b) ** 2 for a, b in zip(pixel, colour, strict=True))
        for colour, name in scene.CORNERS.values()
    }
    name = min(distances, key=lambda key: distances[key])
    return name if distances[name] < 3000 else "-"
