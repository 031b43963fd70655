"""CAMERA=rtsp: a network camera's RTSP stream in, a source out."""

from __future__ import annotations

from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.settings.redaction import without_userinfo
from ss_camera.sources.opening import TIMEOUT_S, Opening
from ss_camera.sources.video_source import VideoSource


class RtspSource(VideoSource):
    """RTSP over TCP: over UDP a lost packet spoils the pictures up to the next keyframe."""

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        if camera.url is None:
            raise CameraNotFound("CAMERA=rtsp needs CAMERA_URL, such as rtsp://user:password@host/path")
        options = {"rtsp_transport": "tcp", "timeout": str(round(TIMEOUT_S * 1e6))}
        opening = Opening(camera.url, without_userinfo(camera.url), options=options, paced=False)
        super().__init__(opening, camera, clock, say)
