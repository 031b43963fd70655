"""The places of the two Raspberry Pi camera stacks: each says that it is not there yet, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from ss_camera.clock import Clock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings

_INSTEAD = "use a USB camera (CAMERA=v4l2), a network camera (CAMERA=rtsp) or CAMERA=synthetic"


def Picamera2Source(camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> NoReturn:  # noqa: N802 - stands where a class will
    """Raises `CameraNotFound`."""
    raise CameraNotFound(f"CAMERA=picamera2 is not supported by this version yet; {_INSTEAD}")


def PicameraSource(camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> NoReturn:  # noqa: N802 - stands where a class will
    """Raises `CameraNotFound`."""
    raise CameraNotFound(f"CAMERA=picamera is not supported by this version yet; {_INSTEAD}")
