"""The clock in, pictures of a drawn scene out: a camera for trying, showing and testing everything else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ss_camera.clock import Clock
from ss_camera.errors import CameraError
from ss_camera.media import Still
from ss_camera.properties.software import software_plan
from ss_camera.settings.model import CameraSettings, VideoSettings
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.editor import PictureEditor
from ss_camera.sources.exif_tags import ExifTags
from ss_camera.sources.frame_times import FrameTimes
from ss_camera.sources.jpeg_encoder import open_encoder
from ss_camera.sources.orientation import Orientation
from ss_camera.sources.scene import Scene

if TYPE_CHECKING:  # FFmpeg is loaded with the video: stills are drawn without
    from ss_camera.sources.synthetic_video import SyntheticVideo

DEFAULT_SIZE = (640, 480)
DEFAULT_FRAMERATE = 30.0


class SyntheticSource:
    """A `Source` whose exposure is the call itself, so that nobody waits for a frame to begin.

    Frame n is shown from n to n + 1 frame times after the opening, and is given once: asked for
    stills without a pause, it gives its frame rate, and one asked at its own rate gives every number.
    `pts_us` of packets and samples counts from the opening, as the seconds of a script do.
    """

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        width, height = camera.width or DEFAULT_SIZE[0], camera.height or DEFAULT_SIZE[1]
        self._framerate = camera.framerate or DEFAULT_FRAMERATE
        self._camera = camera
        self._clock = clock
        self._scene = Scene(width, height, camera.camera_id, camera.synthetic)
        self._encoder = open_encoder(camera.quality)
        plan = software_plan(camera)
        self._edits = plan.edits
        self._editor = PictureEditor(plan.edits) if plan.edits else None
        self._tags = ExifTags(plan.exif_tags, camera.properties)
        self.warnings = (*plan.warnings, *self._tags.warnings)
        self._closed = threading.Event()
        self._times = FrameTimes(clock.monotonic_s(), self._framerate)
        self._last_frame = -1
        self._video: SyntheticVideo | None = None
        self.description = (
            f"a synthetic scene of {width}x{height} at {self._framerate:g} frames/s"
            f" (JPEG by {self._encoder.name})"
        )

    def still(self) -> Still:
        """The scene of now, or of the next frame when that of now was given already."""
        self.check()
        self._wait_for_frame(self._last_frame + 1)
        if self._closed.is_set():
            raise CameraError("the synthetic camera is closed")
        now_s, wall_us = self._clock.monotonic_s(), self._clock.wall_us()
        self._last_frame = max(self._last_frame + 1, self._times.newest(now_s))
        picture = self._scene.draw(now_s - self._times.opened_s, wall_us, self._last_frame)
        if self._editor is not None:
            picture = self._editor.edit(picture, wall_us, number=self._last_frame)
        data = self._encoder.yuv420(picture.y, picture.u, picture.v)
        return self._tags.written_into(Still(data, *picture.size, wall_us))

    @property
    def video_size(self) -> tuple[int, int]:
        from ss_camera.sources.h264_encoder import encoded_size

        return encoded_size(*Orientation.of(self._edits).size(self._scene.width, self._scene.height))

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        from ss_camera.sources.h264_encoder import H264Encoder
        from ss_camera.sources.synthetic_video import SyntheticVideo

        self.stop_video()
        size = self._scene.width, self._scene.height
        video = self._camera.video or VideoSettings()
        encoder = H264Encoder(*self.video_size, self._framerate, video)
        # a scene of its own: a picture is valid until the next one is drawn, and stills are drawn meanwhile
        scene = Scene(*size, self._camera.camera_id, self._camera.synthetic)
        self._video = SyntheticVideo(
            scene, self._times, encoder, self._clock, on_packet, on_motion, self._edits
        )

    def check(self) -> None:
        if self._video is not None:
            self._video.check()

    def request_key(self) -> None:
        if self._video is not None:
            self._video.request_key()

    def stop_video(self) -> None:
        if self._video is not None:
            self._video.stop()
        self._video = None

    def close(self) -> None:
        self._closed.set()
        self.stop_video()

    def _wait_for_frame(self, frame: int) -> None:
        due_s = self._times.due_s(frame)
        while (wait_s := due_s - self._clock.monotonic_s()) > 1e-6 and not self._closed.is_set():
            self._clock.wait(self._closed, wait_s)
