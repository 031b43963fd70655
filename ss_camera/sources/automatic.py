"""CAMERA=auto in, the first camera that opens out, and a sentence for each one tried.

The order: the camera of CAMERA_URL; picamera2; picamera; the first USB camera. A drawn scene is
never chosen: nobody should find out after a month that his pictures are no pictures.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.base import Source
from ss_camera.sources.urls import kind_of
from ss_camera.sources.v4l2_devices import Device, nodes, query

Say = Callable[[str], None]
OpenKind = Callable[[str, CameraSettings, Clock, Say], Source]

_NOT_FOUND = (
    "CAMERA=auto found no camera: plug in a USB camera, set CAMERA_URL to a network camera or a video file, "
    "or try without one by CAMERA=synthetic"
)


def open_first(camera: CameraSettings, clock: Clock, say: Say, open_kind: OpenKind) -> Source:
    """The first camera that can be opened.

    Raises `CameraNotFound` where there is none, and any other `CameraError` of the camera that is
    there and fails: another one would show another place. CAMERA_URL is never passed over.
    """
    if camera.url is not None:
        kind = kind_of(camera.url)
        say(f"CAMERA=auto: CAMERA_URL is given, so it is CAMERA={kind}")
        return open_kind(kind, camera, clock, say)
    for kind, missing in (("picamera2", _no_picamera2), ("picamera", _no_picamera), ("v4l2", _no_v4l2)):
        reason = missing(say)
        if reason is None:
            try:
                return open_kind(kind, camera, clock, say)
            except CameraNotFound as error:
                reason = str(error)
        say(f"CAMERA=auto: not {kind}: {reason}")
    raise CameraNotFound(_NOT_FOUND)


def _no_picamera2(_say: Say) -> str | None:
    return None if importlib.util.find_spec("picamera2") else "its library picamera2 is not installed"


def _no_picamera(_say: Say) -> str | None:
    if importlib.util.find_spec("picamera") or importlib.util.find_spec("picamerax"):
        return None
    return "neither picamera nor picamerax is installed"


def _no_v4l2(say: Say) -> str | None:
    return None if first_device(say) else "no /dev/video* is a camera"


def first_device(say: Say) -> Device | None:
    """The first video node that captures, or None; what is passed over is said."""
    for path in nodes():
        try:
            found = query(path)
        except OSError as error:
            say(f"{path} cannot be asked what it is: {error.strerror}")
            continue
        reason = found.unusable()
        if reason is None:
            return found
        say(f"{path} {reason}")
    return None
