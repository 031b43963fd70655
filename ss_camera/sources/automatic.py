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

Say = Callable[[str], None]
OpenKind = Callable[[str, CameraSettings, Clock, Say], Source]

# each kind with the libraries of which it needs one, found and not imported: they are large
_ORDER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("picamera2", ("picamera2",)),
    ("picamera", ("picamera", "picamerax")),
    ("v4l2", ()),
)
_NOT_FOUND = (
    "CAMERA=auto found no camera (each line before says why not): plug in a USB camera, check the cable of a "
    "Raspberry Pi's camera, set CAMERA_URL to a network camera or a video file, or try without one by "
    "CAMERA=synthetic"
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
    for kind, libraries in _ORDER:
        if libraries and not any(importlib.util.find_spec(library) for library in libraries):
            say(f"CAMERA=auto: not {kind}: {' or '.join(libraries)} is not installed")
            continue
        try:
            return open_kind(kind, camera, clock, say)
        except CameraNotFound as error:
            say(f"CAMERA=auto: not {kind}: {error}")
    raise CameraNotFound(_NOT_FOUND)
