"""picamera2 in, the same on libcamera's virtual cameras out: what they lack is put in, the rest is untouched.

`python -m tests.libcamera.virtual.driver ss-camera.py ...` runs a program on them; with `--stuck` in front of
it, on cameras that never come to a stop. Real are: picamera2,
libcamera, its Python bindings, requests, streams, buffers, JPEG and H.264. Put in are, each with its reason:

* `pykms`, which picamera2 imports for a preview window that is never opened;
* the sensor's modes: the virtual pipeline has no raw stream to read them from;
* buffers of libcamera's own making: the pipeline wants two planes for NV12, picamera2 makes one;
* the truth of its configuration: 0.7.2 takes any flip, does none, and says it does;
* the pace: the pipeline fills every buffer at once, thousands of frames a second. Frames are handed on one
  at a time, outside picamera2's lock: whoever sleeps within it holds up every other call.
"""

from __future__ import annotations

import mmap
import runpy
import sys
import threading
import time
from typing import Any

from tests.libcamera import substitutes

FRAMERATE = 20.0

frozen = threading.Event()
"""While it is set no frame comes: a sensor whose cable came off."""
stuck = threading.Event()
"""While it is set, stopping a camera does not return: a driver that hangs."""


def install() -> None:
    """Change picamera2; once in a process, before a camera is opened."""
    substitutes.install("pykms")
    import libcamera
    import picamera2.picamera2 as module
    from picamera2.allocators import Allocator

    class TwoPlanes(Allocator):  # type: ignore[misc]
        """libcamera's allocator; each buffer is mapped once, as views of it outlive picamera2's mapping."""

        camera: Any = None

        def __init__(self) -> None:
            super().__init__()
            self.sync = _Mapped
            self.maps: dict[int, mmap.mmap] = {}

        def allocate(self, libcamera_config: Any, use_case: str | None) -> None:
            self.maps = {}
            self._own = libcamera.FrameBufferAllocator(self.camera)
            for stream in (each.stream for each in libcamera_config):
                if self._own.allocate(stream) < 0:
                    raise OSError(12, "Cannot allocate memory")
                for buffer in self._own.buffers(stream):
                    size = sum(plane.length for plane in buffer.planes)
                    self.maps[buffer.planes[0].fd] = mmap.mmap(buffer.planes[0].fd, size)

        def buffers(self, stream: Any) -> Any:
            return self._own.buffers(stream)

    class _Mapped:
        def __init__(self, allocator: TwoPlanes, buffer: Any, write: bool) -> None:
            self._map = allocator.maps[buffer.planes[0].fd]

        def __enter__(self) -> mmap.mmap:
            return self._map

        def __exit__(self, *error: object) -> None:
            pass

    module.DmaAllocator = TwoPlanes
    _change(module.Picamera2, libcamera)


def _change(camera: Any, libcamera: Any) -> None:
    configure, process, stop = camera.configure_, camera.process_requests, camera.stop_

    def raw_modes(self: Any) -> list[dict[str, object]]:
        formats = self.camera.generate_configuration([libcamera.StreamRole.Viewfinder]).at(0).formats
        return [
            {"format": str(form), "size": (size.width, size.height)}
            for form in formats.pixel_formats
            for size in formats.sizes(form)
        ]

    def configure_(self: Any, *arguments: Any) -> None:
        self.allocator.camera = self.camera
        configure(self, *arguments)
        self.camera_config["transform"] = libcamera.Transform()

    def process_requests(self: Any, display: Any) -> None:
        if self._requests:
            _pace(self)
        with self._requestslock:
            waiting, self._requests = self._requests[1:], self._requests[:1]
        stops = self.stop_count
        process(self, display)
        if self.stop_count != stops:  # these belong to buffers that are no more
            for request in waiting:
                request.release()
            waiting = []
        with self._requestslock:
            self._requests = waiting + self._requests
        if waiting:
            self._run_process_requests()

    def stop_(self: Any, request: Any = None) -> Any:
        while stuck.is_set():
            time.sleep(0.05)
        return stop(self, request)

    camera._get_raw_modes = raw_modes
    camera.configure_ = configure_
    camera.process_requests = process_requests
    camera.stop_ = stop_


def _pace(camera: Any) -> None:
    now = time.monotonic()
    camera.paced_s = max(now, getattr(camera, "paced_s", now) + 1 / FRAMERATE)
    time.sleep(camera.paced_s - now)
    while frozen.is_set() and not camera._preview._abort.is_set():
        time.sleep(0.01)


if __name__ == "__main__":
    install()
    sys.argv = sys.argv[1:]
    if sys.argv[0] == "--stuck":
        stuck.set()
        sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
