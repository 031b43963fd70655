"""picamera's errors in, errors of ours out: one sentence each that says what to do.

What the firmware answers is read from picamera 1.13 (`exc.py`, `camera.py`, `encoders.py`) and from what
people report of it: a camera that another program holds is "Out of resources", one that is not there or not
switched on "is not enabled", too little memory of the GPU "Out of memory".
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.sources.device_rights import May, denied
from ss_camera.sources.holders import holders

NAME = "the Raspberry Pi camera (picamera)"
LIBRARIES = ("picamera", "picamerax")
"""In the order in which they are looked for."""

_GPU = Path("/dev/vchiq")
_OUT_OF_MEMORY, _OUT_OF_RESOURCES = 1, 2  # MMAL_ENOMEM, MMAL_ENOSPC


def check_rights(gpu: Path = _GPU, may: May = os.access) -> None:
    """Raise `CameraNotFound` where this user may not open the GPU: its library would end the program."""
    if sentence := denied([gpu], may):
        raise CameraNotFound(sentence)


def installed() -> str | None:
    """The library's name, or None where there is neither. Nothing is imported."""
    return next((name for name in LIBRARIES if importlib.util.find_spec(name)), None)


def load_library() -> Any:
    """The module picamera, or picamerax. Raises `CameraNotFound` where neither can be imported."""
    found = installed()
    if found is None:
        raise CameraNotFound(
            "CAMERA=picamera needs the library picamera or picamerax, and neither is installed: see "
            "docs/guide/cameras.md; on Raspberry Pi OS Bookworm and later it is CAMERA=picamera2"
        )
    try:
        return importlib.import_module(found)
    except (ImportError, OSError, ValueError, RuntimeError, AttributeError) as error:
        # no libmmal.so: OSError; one without a function: AttributeError; RPi.GPIO elsewhere: RuntimeError
        raise CameraNotFound(
            f"{found} cannot be loaded ({error}): it needs the camera stack of 32-bit Raspberry Pi OS up to "
            "Bullseye; elsewhere use CAMERA=picamera2, v4l2 or rtsp"
        ) from None


def why_unusable() -> str | None:
    """Why neither can be imported, as a sentence; None where one can."""
    try:
        load_library()
    except CameraNotFound as error:
        return str(error)
    return None


@contextmanager
def told(library: Any, doing: str) -> Iterator[None]:
    """Whatever the library raises inside becomes a `CameraError`; `doing` stands in its sentence."""
    try:
        yield
    except library.PiCameraMMALError as error:
        raise _of_firmware(error, doing) from None
    except library.PiCameraValueError as error:
        if "framerate_range" in str(error):
            raise CameraError(
                "picamera 1.13 records no video at PICAMERA_FRAMERATE_RANGE: set PICAMERA_FRAMERATE in its "
                "place, or install picamerax"
            ) from None
        raise CameraError(f"{NAME} refuses the settings for {doing}: {_ended(error)}") from None
    except (library.PiCameraError, RuntimeError, IndexError, ZeroDivisionError) as error:
        raise _of_library(error, doing) from None


def _of_firmware(error: Any, doing: str) -> CameraError:
    if error.status == _OUT_OF_RESOURCES:
        users = holders(_GPU)
        if users:
            return CameraError(
                f"{NAME} is in use: {', '.join(users)} has the GPU open; stop what uses the camera there"
            )
        return CameraError(
            f"{NAME} is in use by another program, or the GPU is out of resources ({_ended(error)}): stop "
            "that program; if there is none, set gpu_mem=256 in /boot/config.txt and restart the machine"
        )
    if error.status == _OUT_OF_MEMORY:
        return CameraError(
            f"the GPU has too little memory for {doing} ({_ended(error)}): set gpu_mem=256 in "
            "/boot/config.txt and restart the machine, or take a smaller PICAMERA_RESOLUTION"
        )
    return CameraError(f"{NAME} failed at {doing}: {_ended(error)}")


def _of_library(error: Exception, doing: str) -> CameraError:
    text = str(error)
    if "not enabled" in text:
        users = holders(_GPU)
        hint = f"stop {', '.join(users)}, which may hold it" if users else "see that no program holds it"
        return CameraNotFound(
            f"{NAME} is not there: check its cable, switch it on in raspi-config (Interface Options, Legacy "
            f"Camera), {hint}; `vcgencmd get_camera` shows whether it is detected"
        )
    if isinstance(error, IndexError):
        return CameraNotFound(f"{NAME} has no camera of that number: CAMERA_NUM counts from 0")
    if "Timed out" in text:
        return CameraTimeout(f"{NAME} hangs: {doing} gave nothing in time")
    if "from sensor" in text:
        return CameraError(f"{NAME} gets no data from its sensor: check the cable at both ends")
    return CameraError(f"{NAME} failed at {doing}: {_ended(error)}")


def _ended(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
