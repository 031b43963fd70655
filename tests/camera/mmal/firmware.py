"""The sensor's thread: each tick is a frame, which the open camera's ports get."""

from __future__ import annotations

import itertools
import threading
import time
from types import ModuleType
from typing import Any

from tests.camera.mmal import scene
from tests.camera.mmal.components import Buffer, Component, Pool, Port
from tests.camera.mmal.faults import Faults

CONVERGE_FRAMES = 4
"""For so many frames after it was enabled, a camera is too dark."""
FULL_GAIN = 4.0
_PREVIEW, _VIDEO, _STILL = range(3)
_DEFAULT_RATE = 30.0


class Firmware:
    """The cameras that are open, and what they see. One thread, as long as there is a camera."""

    def __init__(self, mmal: ModuleType) -> None:
        self.mmal = mmal
        self.faults = Faults()
        self.moving = True
        self.number = 0
        self.cameras: list[Component] = []
        self._started_us = 0
        self._thread: threading.Thread | None = None
        self._changed = threading.Event()
        self._lock = threading.Lock()
        # seven: a client reads this a few times for each look at the camera, and then sees another share too
        self._flicker = itertools.cycle((0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0))

    def add(self, camera: Component) -> None:
        with self._lock:
            self.cameras.append(camera)
            self._started_us = self.now_us()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="simulated firmware", daemon=True)
                self._thread.start()

    def remove(self, camera: Component) -> None:
        with self._lock:
            if camera not in self.cameras:
                return
            self.cameras.remove(camera)
            ends = self._thread if not self.cameras else None
            if ends is not None:
                self._thread = None
        self._changed.set()
        if ends is not None and ends is not threading.current_thread():
            ends.join(5.0)

    def is_taken(self, camera: Component) -> bool:
        """Whether another camera component came first: the firmware serves one."""
        return bool(self.cameras) and self.cameras[0] is not camera

    def now_us(self) -> int:
        """The system time clock, in microseconds."""
        return time.monotonic_ns() // 1000

    def share(self, camera: Component) -> float:
        """How far exposure is, 0 to 1. Before it stands, no two readings in a row are alike.

        So nobody takes it for converged because this thread was held up and the frames stood still.
        """
        if self.faults.restless:
            return 0.4 + 0.1 * (self.now_us() // 1000 % 5)
        share = (1 + camera.frames) / CONVERGE_FRAMES
        return min(1.0, share * next(self._flicker)) if share < 1.0 else 1.0

    def break_sensor(self) -> None:
        """Tell the client what the firmware tells of a sensor that gives nothing any more."""
        self.faults.frozen = True
        camera = self.cameras[0]
        pool = Pool(self.mmal, 1, 16)
        buffer = pool.free.get()
        buffer.fill(b"", 0, 0)
        buffer.header.cmd = self.mmal.MMAL_EVENT_ERROR
        self._call(camera.control, buffer)

    @staticmethod
    def _call(port: Port, buffer: Buffer) -> None:
        if port.callback is not None:
            port.callback(port.pointer, buffer.pointer)

    def _run(self) -> None:
        own = threading.current_thread()
        due_s = time.monotonic()
        while self._thread is own:
            cameras = list(self.cameras)
            rate = max((self._rate(camera) for camera in cameras), default=_DEFAULT_RATE)
            due_s = max(due_s + 1 / rate, time.monotonic() - 1 / rate)
            self._changed.wait(max(0.0, due_s - time.monotonic()))
            self._changed.clear()
            if self.faults.frozen:
                continue
            self.number += 1
            for camera in cameras[:1]:
                self._tick(camera)

    def _rate(self, camera: Component) -> float:
        video = camera.outputs[_VIDEO]
        rate = video.video.frame_rate
        if rate.num and rate.den:
            return float(rate.num / rate.den)
        raw = video.parameters.get(self.mmal.MMAL_PARAMETER_FPS_RANGE)
        high = self.mmal.MMAL_RATIONAL_T.from_buffer_copy(raw, 8) if raw else None
        return float(high.num / high.den) if high is not None and high.num else _DEFAULT_RATE

    def _tick(self, camera: Component) -> None:
        if not camera.structure.is_enabled:
            return
        camera.frames += 1
        capture, pts = self.mmal.MMAL_PARAMETER_CAPTURE, self.now_us() - self._started_us
        for index in (_VIDEO, _STILL):
            port = camera.outputs[index]
            if not port.flag(capture):
                continue
            if index == _STILL:
                port.parameters[capture] = b"\x00"  # one picture a request
            planes = scene.draw(self.number, moving=self.moving)
            port.give(scene.look(planes, self._view(camera, port), *port.size), pts)

    def _view(self, camera: Component, port: Port) -> scene.View:
        mmal = self.mmal
        raw = camera.control.parameters.get(mmal.MMAL_PARAMETER_INPUT_CROP)
        crop: Any = mmal.MMAL_RECT_T.from_buffer_copy(raw) if raw else None
        zoom = (0.0, 0.0, 1.0, 1.0)
        if crop is not None:
            zoom = tuple(side / 65535 for side in (crop.x, crop.y, crop.width, crop.height))
        mirror = port.number(mmal.MMAL_PARAMETER_MIRROR, mmal.MMAL_PARAM_MIRROR_NONE)
        both = mmal.MMAL_PARAM_MIRROR_BOTH
        return scene.View(
            zoom,
            mirror in (mmal.MMAL_PARAM_MIRROR_HORIZONTAL, both),
            mirror in (mmal.MMAL_PARAM_MIRROR_VERTICAL, both),
            port.number(mmal.MMAL_PARAMETER_ROTATION, 0),
            self.share(camera),
        )
