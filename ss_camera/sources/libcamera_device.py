"""One camera of libcamera, opened through picamera2; pictures and video out. All of it may hang.

So its methods are called on a thread that nobody waits for unbounded (`library_thread.py`), but for
`frame_s` and `note`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraNotFound
from ss_camera.properties.libcamera import LibcameraPlan, libcamera_plan
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.libcamera_configuration import (
    DEFAULT_FRAMERATE,
    LORES,
    MAIN,
    Streams,
    choose_streams,
    configure,
    controls_for,
    has_flips,
)
from ss_camera.sources.libcamera_convergence import LIMIT_S, Convergence
from ss_camera.sources.libcamera_encoder import has_hardware
from ss_camera.sources.libcamera_errors import no_camera, told
from ss_camera.sources.libcamera_holding import Holding
from ss_camera.sources.libcamera_library import Libcamera
from ss_camera.sources.libcamera_modes import Size, View, see_all
from ss_camera.sources.libcamera_picture import StreamForm

_RATES = "FrameDurationLimits"
_STILLS_A_SECOND = 10.0  # unless PICAMERA_FRAMERATE says more

OnFrame = Callable[[Any, int], None]
"""Takes a request of picamera2 and its time of the sensor in microseconds, on picamera2's thread."""


class LibcameraDevice:
    """Opens, configures and starts. Raises `CameraError`."""

    def __init__(self, library: Libcamera, camera: CameraSettings, clock: Clock) -> None:
        self._clock = clock
        self._convergence: Convergence | None = Convergence()
        self.library = library
        self.name = camera_name(library, camera.num)
        self.hardware = has_hardware()
        self.on_frame: OnFrame | None = None
        self.frame_s = clock.monotonic_s()
        """When the last frame came, on the monotonic clock."""
        self._started_s = self.frame_s
        with told(self.name, "opening it"):
            self.picam2 = _opened(library, camera.num)
        try:
            with told(self.name, "its configuration"):
                self._configure(camera)
            with told(self.name, "its start"):
                self._started_s = clock.monotonic_s()
                self.picam2.start()
        except CameraError:
            with contextlib.suppress(CameraError):  # the first one says why
                self.close()
            raise

    def picture(self, within_s: float, take: Callable[[Plane, int | None], object]) -> None:
        """Call `take` with the bytes and the sensor's time (us) of the next picture, which are valid until it
        returns. The first one of all is one that exposure, white balance and focus have settled for.

        Raises `CameraTimeout` where none comes `within_s`.
        """
        while True:
            with told(self.name, "a frame"):
                if self._take(within_s, take):
                    return

    def form(self, stream: str) -> StreamForm:
        """How the pictures of this stream lie in their buffers."""
        return StreamForm.of(self._configuration[stream], self._configuration["colour_space"])

    @property
    def has_lores(self) -> bool:
        """Whether there is a small stream beside the main one."""
        return bool(self._configuration.get(LORES))

    def start_encoder(self, encoder: Any) -> None:
        """Have every frame from now on encoded."""
        known = self.picam2.camera_ctrl_info
        lacks_rates = _RATES not in known  # a USB camera's; picamera2 looks for them, and would not use them
        if lacks_rates:
            known[_RATES] = None, SimpleNamespace(min=0)
        try:
            with told(self.name, "the start of its video"):
                self.picam2.start_encoder(encoder, encoder.output, name=self.streams.encoded)
        finally:
            if lacks_rates:
                del known[_RATES]

    def stop_encoder(self, encoder: Any) -> None:
        with told(self.name, "the end of its video"):
            self.picam2.stop_encoder(encoder)

    def close(self) -> None:
        """Let the camera go; another opening may follow."""
        with told(self.name, "closing it"):
            self.picam2.post_callback = None
            # who waits for a frame that never comes would hold up the stop, which waits in the same line
            self.picam2.cancel_all_and_flush()
            self.picam2.close()

    def note(self, request: Any) -> None:
        """picamera2's `post_callback`: called with each frame, with its lock held. Nothing here may wait."""
        self.frame_s = self._clock.monotonic_s()
        if not self._holding.is_over:
            due = self._holding.due(request.get_metadata(), self.frame_s - self._started_s)
            self.picam2.set_controls(due)
        if (on_frame := self.on_frame) is not None:
            stamp_ns = request.get_metadata().get("SensorTimestamp")
            if stamp_ns is not None:
                on_frame(request, stamp_ns // 1000)

    def _configure(self, camera: CameraSettings) -> None:
        bindings = self.library.bindings
        plan = libcamera_plan(camera, {})
        self.streams = self._configured(camera, plan)
        self._configuration = self.picam2.camera_configuration()
        advertised = self.picam2.camera_controls
        self.plan = libcamera_plan(camera, advertised)
        if not has_flips(self._configuration, self.plan):
            self.plan = self.plan.without_transform()
        count = 1 + self.has_lores
        controls = controls_for(self.plan, camera, advertised, bindings, count)
        self._holding = Holding(controls)
        self.picam2.set_controls(self._holding.at_start)
        limits = controls.get(_RATES)
        self.frame_us = limits if isinstance(limits, tuple) else None
        self.picam2.post_callback = self.note

    def _configured(self, camera: CameraSettings, plan: LibcameraPlan) -> Streams:
        """With the small stream where the camera can have two: a USB camera has one."""
        bindings = self.library.bindings
        streams = choose_streams(camera, plan, hardware=self.hardware)
        try:
            configure(self.picam2, bindings, plan, streams, hardware=self.hardware)
        except (RuntimeError, AttributeError, IndexError):
            # what picamera2 raises where libcamera gives no configuration for two
            if streams.lores is None or self.picam2.camera_controls.get("ScalerCrop"):
                raise
            streams = Streams(streams.main, None, MAIN, streams.buffer_count)
            configure(self.picam2, bindings, plan, streams, hardware=self.hardware)
        self._see_all(camera, plan, streams)
        return streams

    def _see_all(self, camera: CameraSettings, plan: LibcameraPlan, streams: Streams) -> None:
        """Of a sensor with modes; a USB camera has none."""
        device, whole = self.picam2, self.picam2.camera_properties.get("PixelArraySize")
        if whole is None or not {"ScalerCrop", _RATES} <= device.camera_controls.keys():
            return

        def view() -> View:
            advertised = device.camera_controls
            _, _, width, height = advertised["ScalerCrop"][1]
            return View((width, height), whole, advertised[_RATES][0])

        def take(mode: Size | None) -> None:
            configure(device, self.library.bindings, plan, streams, hardware=self.hardware, mode=mode)

        # picamera2 tells of its modes only by configuring each with buffers for its largest pictures
        current = (device.camera_configuration().get("sensor") or {}).get("output_size")
        modes = {mode["size"] for mode in getattr(device, "_raw_modes", ())} - {current}
        rate = camera.framerate or (DEFAULT_FRAMERATE if camera.video is not None else _STILLS_A_SECOND)
        see_all(view, take, modes, streams.main, 1e6 / rate)

    def _take(self, within_s: float, take: Callable[[Plane, int | None], object]) -> bool:
        """Whether the next frame was taken."""
        request = self.picam2.capture_request(wait=within_s)
        try:
            metadata = request.get_metadata()
            if not self._is_settled(metadata):
                return False
            stamp_ns = metadata.get("SensorTimestamp")
            with self.library.picamera2.MappedArray(request, MAIN, reshape=False) as mapped:
                take(mapped.array, None if stamp_ns is None else stamp_ns // 1000)
        finally:
            request.release()
        return True

    def _is_settled(self, metadata: dict[str, object]) -> bool:
        if self._convergence is None:
            return True
        late = self._clock.monotonic_s() - self._started_s >= LIMIT_S
        if not (self._convergence.has_settled(metadata) or late):
            return False
        self._convergence = None
        return True


def camera_name(library: Libcamera, number: int) -> str:
    """As sentences name it. Raises `CameraNotFound` where it is not there."""
    with told("libcamera", "looking for cameras"):
        found = library.camera_names()
    if not found:
        raise no_camera()
    if number >= len(found):
        there = ", ".join(f"{index} ({name})" for index, name in enumerate(found))
        raise CameraNotFound(f"libcamera found no camera {number}: CAMERA_NUM can be {there}")
    return f"camera {number} ({found[number]})"


def _opened(library: Libcamera, number: int) -> Any:
    """picamera2's camera. Made in two steps, so that one that cannot be opened can be let go.

    What it leaves otherwise, measured: one open file each time, after some hours of trying all there may be.
    """
    made = library.picamera2.Picamera2.__new__(library.picamera2.Picamera2)
    try:
        made.__init__(number)
    except Exception:
        if getattr(made, "is_open", False):
            made.camera.release()
            made.is_open = False
        with contextlib.suppress(AttributeError, OSError):
            made.notifymeread.close()
            os.close(made.notifyme_w)
        raise
    # it would close the camera at exit, and one that hangs would keep the program from ending
    atexit.unregister(made.close)
    return made
