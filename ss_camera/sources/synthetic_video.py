"""A drawn scene in, its frames as packets and motion samples out, by a thread that keeps the frame rate."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from ss_camera.clock import Clock
from ss_camera.errors import CameraError
from ss_camera.media import MotionSample
from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.editor import PictureEditor
from ss_camera.sources.frame_times import FrameTimes
from ss_camera.sources.frames import frame_of
from ss_camera.sources.h264_encoder import H264Encoder
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.luma import SampleTimes, lying_as_stills, step_of
from ss_camera.sources.orientation import Orientation
from ss_camera.sources.scene import Scene

_JOIN_S = 4.0
_BAND = 24

_logger = logging.getLogger(__name__)


class SyntheticVideo:
    """Begins with the next frame. A machine too slow for the frame rate skips frames: times stay true."""

    def __init__(
        self,
        scene: Scene,
        times: FrameTimes,
        encoder: H264Encoder,
        clock: Clock,
        on_packet: OnPacket,
        on_motion: OnMotion | None,
        edits: Edits = UNEDITED,
    ) -> None:
        self._scene = scene
        self._times = times
        self._encoder = encoder
        self._clock = clock
        self._on_packet = on_packet
        self._on_motion = on_motion
        self._samples = SampleTimes()
        self._zoom, self._orientation = edits.zoom, Orientation.of(edits)
        edits = replace(edits, resize=None)
        self._editor = PictureEditor(edits) if edits else None
        self._stop = threading.Event()
        self._failure: str | None = None
        self._first = times.next(clock.monotonic_s())
        # daemon: nothing here may keep the program from ending
        self._thread = threading.Thread(target=self._run, name="camera synthetic video", daemon=True)
        self._thread.start()

    def request_key(self) -> None:
        """Make the next frame a keyframe."""
        self._encoder.request_key()

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        if self._failure is not None:
            raise CameraError(self._failure)

    def stop(self) -> None:
        """No packet comes after this has returned."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        try:
            self._play()
        except CameraError as error:
            self._failure = str(error)
        except Exception as error:  # a thread's outer edge: the flow must hear of it, and opens anew
            _logger.exception("the synthetic video failed: this is a fault of ss-camera")
            self._failure = f"the synthetic video failed: {type(error).__name__}"

    def _play(self) -> None:
        frame = self._first
        while self._wait_for(frame):
            late_s = self._clock.monotonic_s() - self._times.due_s(frame)
            self._give(frame, self._clock.wall_us() - round(late_s * 1e6))
            frame = max(frame + 1, self._times.newest(self._clock.monotonic_s()))

    def _wait_for(self, frame: int) -> bool:
        due_s = self._times.due_s(frame)
        while (wait_s := due_s - self._clock.monotonic_s()) > 1e-6:
            if self._clock.wait(self._stop, wait_s):
                return False
        return not self._stop.is_set()

    def _give(self, frame: int, captured_us: int) -> None:
        pts_us = self._times.pts_us(frame)
        picture = self._scene.draw(pts_us / 1e6, captured_us, frame)
        edited = self._editor.edit(picture, captured_us, number=frame) if self._editor else picture
        size = self._encoder.width, self._encoder.height  # an odd last row or column is left out
        for packet in self._encoder.encode(frame_of(edited, size), pts_us, captured_us):
            self._on_packet(packet)
        if self._on_motion is not None and self._samples.wants(pts_us):
            self._on_motion(MotionSample(pts_us, captured_us, luma=self._luma(picture.y)))

    def _luma(self, full: Plane) -> Plane:
        """Every n-th pixel; the text, which changes in each frame and is no motion, is blank."""
        step = step_of(full.shape[1])
        luma = full[::step, ::step].copy()
        luma[: -(-self._scene.band_height // step)] = _BAND
        return lying_as_stills(luma, self._zoom, self._orientation)
