"""CAMERA=http: multipart MJPEG or any video behind an http(s) URL in, a source out."""

from __future__ import annotations

from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.settings.redaction import without_userinfo
from ss_camera.sources.opening import TIMEOUT_S, Opening
from ss_camera.sources.video_source import VideoSource


class HttpSource(VideoSource):
    """A live stream is taken as it comes; a video of known length is played at its own rate, as a file is."""

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        if camera.url is None:
            raise CameraNotFound("CAMERA=http needs CAMERA_URL, such as http://host/video.mjpg")
        options = {"rw_timeout": str(round(TIMEOUT_S * 1e6))}
        opening = Opening(camera.url, without_userinfo(camera.url), options=options, loop=camera.loop)
        super().__init__(opening, camera, clock, say)
