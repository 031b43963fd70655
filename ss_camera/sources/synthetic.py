"""The clock in, pictures of a drawn scene out: a camera for trying, showing and testing everything else."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.errors import CameraError
from ss_camera.media import Still
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.jpeg_encoder import open_encoder
from ss_camera.sources.scene import Scene

DEFAULT_SIZE = (640, 480)
DEFAULT_FRAMERATE = 30.0


class SyntheticSource:
    """A `Source` whose exposure is the call itself, so that nobody waits for a frame to begin.

    Frame n is shown from n to n + 1 frame times after the opening, and is given once: asked for
    stills without a pause, it gives its frame rate, and one asked at its own rate gives every number.
    """

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        width, height = camera.width or DEFAULT_SIZE[0], camera.height or DEFAULT_SIZE[1]
        self._framerate = camera.framerate or DEFAULT_FRAMERATE
        self._clock = clock
        self._scene = Scene(width, height, camera.camera_id)
        self._encoder = open_encoder(camera.quality)
        self._closed = threading.Event()
        self._opened_s = clock.monotonic_s()
        self._last_frame = -1
        self.description = (
            f"a synthetic scene of {width}x{height} at {self._framerate:g} frames/s"
            f" (JPEG by {self._encoder.name})"
        )

    def still(self) -> Still:
        """The scene of now, or of the next frame when that of now was given already."""
        self._wait_for_frame(self._last_frame + 1)
        if self._closed.is_set():
            raise CameraError("the synthetic camera is closed")
        elapsed_s, wall_us = self._clock.monotonic_s() - self._opened_s, self._clock.wall_us()
        # + 1e-6: a time that is a frame's begin but for a rounding error belongs to that frame
        self._last_frame = max(self._last_frame + 1, int(elapsed_s * self._framerate + 1e-6))
        picture = self._scene.draw(elapsed_s, wall_us, self._last_frame)
        data = self._encoder.yuv420(picture.y, picture.u, picture.v)
        return Still(data, self._scene.width, self._scene.height, wall_us)

    def close(self) -> None:
        self._closed.set()

    def _wait_for_frame(self, frame: int) -> None:
        due_s = self._opened_s + frame / self._framerate
        while (wait_s := due_s - self._clock.monotonic_s()) > 1e-6 and not self._closed.is_set():
            self._clock.wait(self._closed, wait_s)
