"""A kind of camera in, the class that opens it out: the only list of what there is.

A module is imported when its kind is chosen and not before: camera libraries are large, and some
refuse to be imported on a machine without their hardware.
"""

from __future__ import annotations

import functools
import importlib
import logging
from collections.abc import Callable
from dataclasses import replace

from ss_camera.clock import Clock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.base import Source
from ss_camera.sources.urls import kind_of

Say = Callable[[str], None]
"""Takes a sentence for the log: what was tried, what was chosen."""
OpenKind = Callable[[str, CameraSettings, Clock, Say], Source]

# no module is named as a library is: `import picamera2` must find the library
SOURCES = {
    "picamera2": "ss_camera.sources.libcamera_camera:Picamera2Source",
    "picamera": "ss_camera.sources.legacy_camera:PicameraSource",
    "v4l2": "ss_camera.sources.v4l2_video:V4l2Source",
    "rtsp": "ss_camera.sources.rtsp_video:RtspSource",
    "http": "ss_camera.sources.http_video:HttpSource",
    "file": "ss_camera.sources.file_video:FileSource",
    "synthetic": "ss_camera.sources.synthetic:SyntheticSource",
}

_logger = logging.getLogger(__name__)


def open_source(camera: CameraSettings, clock: Clock, say: Say) -> Source:
    """The open camera of `camera.kind`; `auto` looks for one and says what it tried.

    Raises `CameraError`; a kind that was named never becomes another. One try: the caller waits
    and tries again.
    """
    if camera.kind == "auto":
        from ss_camera.sources.automatic import open_first

        return open_first(camera, clock, say, open_kind)
    return open_kind(camera.kind, camera, clock, say)


def is_recording(camera: CameraSettings) -> bool:
    """Whether the camera is a video file, which has a rate of its own and an end."""
    found = camera.kind == "auto" and camera.url is not None and kind_of(camera.url) == "file"
    return found or camera.kind == "file"


def open_kind(kind: str, camera: CameraSettings, clock: Clock, say: Say) -> Source:
    """The open camera of this kind. Raises `CameraError`."""
    if kind not in SOURCES:
        raise CameraNotFound(f"there is no camera of kind {kind!r}; expected auto, {', '.join(SOURCES)}")
    module, _, name = SOURCES[kind].partition(":")
    make: Callable[[CameraSettings, Clock, Say], Source]
    make = getattr(importlib.import_module(module), name)
    source = make(replace(camera, kind=kind), clock, say)  # what was `auto` is so no more
    for warning in source.warnings:
        _warn(warning)
    return source


@functools.cache
def _warn(text: str) -> None:
    """Log `text` the first time: a camera that is opened again has said it already."""
    _logger.warning("%s", text)
