"""CAMERA=file: a recording in, a source that plays it at its own rate out."""

from __future__ import annotations

import re
from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.settings.redaction import without_userinfo
from ss_camera.sources.opening import Opening
from ss_camera.sources.video_source import VideoSource


class FileSource(VideoSource):
    """Any video or picture file that FFmpeg reads; it begins when the first still is asked for.

    Played once, or again and again with CAMERA_LOOP.
    """

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        if not camera.url:
            raise CameraNotFound("CAMERA=file needs CAMERA_URL: the path of a video")
        path = re.sub("^file://", "", camera.url, flags=re.IGNORECASE)
        # `file:` so that a name with a colon or a percent sign is a name and no protocol or pattern
        opening = Opening(f"file:{path}", without_userinfo(path), paced=True, loop=camera.loop)
        super().__init__(opening, camera, clock, say)
