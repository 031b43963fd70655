"""Frames from memory through ss-camera's own parts, with a camera that waits for room instead of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import MappingProxyType

from bench.case import MAX_REQUEST, Case
from bench.frames import SIZES, as_from_a_camera, picture
from bench.meter import Meter
from ss_camera.allocator import keep_freed_memory
from ss_camera.clock import RealClock
from ss_camera.counters import Counters
from ss_camera.errors import CameraError, EndOfVideo
from ss_camera.media import Family, Message, Reason, Still
from ss_camera.message import Sequence
from ss_camera.outbox import MemoryOutbox
from ss_camera.pipeline import Pipeline
from ss_camera.publisher import Publisher
from ss_camera.scheduling import AsItComes, Every, timetable
from ss_camera.settings.model import PublishSettings, Route, Schedule
from ss_camera.sinks.sinetstream import SinetStreamSink
from ss_camera.sources.base import OnMotion, OnPacket

CAMERA = "camera"
_WAITING_BYTES = 2 * 1024 * 1024  # what a core's own cache holds


def publish_settings(address: str, topic: str) -> PublishSettings:
    route = Route(
        "kafka",
        topic,
        "AT_LEAST_ONCE",
        MappingProxyType({"brokers": address}),
        MappingProxyType({"max_request_size": MAX_REQUEST}),
    )
    return PublishSettings(MappingProxyType({Family.STILL: route}))


class FullSpeedOutbox(MemoryOutbox):
    """The program's outbox with a door: a frame from memory waits for room, a camera's would be dropped.

    The door opens when half is gone: what is measured is the program, not threads that take turns.
    """

    def __init__(self, meter: Meter, size: int) -> None:
        super().__init__(10**9, Counters())
        self._meter = meter
        self._most = max(2, min(512, _WAITING_BYTES // size))
        self._is_open = threading.Event()

    def wait_for_room(self) -> None:
        if self.waiting() >= self._most:
            self._is_open.clear()
            if self.waiting() > self._most // 2:
                self._is_open.wait()

    def settle(self, message: Message) -> None:
        super().settle(message)
        self._meter.confirmed()
        if not self._is_open.is_set() and self.waiting() <= self._most // 2:
            self._is_open.set()


class FramesFromMemory:
    """A `Source` that has the next picture at once, or as soon as there is room for it; it has no video."""

    description = "frames from memory"
    warnings: tuple[str, ...] = ()
    video_size = 0, 0

    def __init__(self, size: int, count: int, wait_for_room: Callable[[], None], clock: RealClock) -> None:
        self._frame = picture(size)
        self._left = count
        self._wait_for_room = wait_for_room
        self._clock = clock

    def still(self) -> Still:
        if not self._left:
            raise EndOfVideo("all frames are taken")
        self._left -= 1
        self._wait_for_room()
        return Still(as_from_a_camera(self._frame), 640, 480, self._clock.wall_us())

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        raise CameraError(f"{self.description} have no video")

    def check(self) -> None:
        """Without effect, as are those below."""

    def request_key(self) -> None:
        pass

    def stop_video(self) -> None:
        pass

    def close(self) -> None:
        pass


def _no_wait() -> None:
    """For a camera whose pace comes from a timetable."""


def publish_messages(case: Case) -> dict[str, float]:
    """Finished messages through outbox, publisher and sink."""
    clock, meter = RealClock(), Meter(case.frames, case.warm_up)
    outbox = FullSpeedOutbox(meter, case.size)
    camera = FramesFromMemory(case.size, meter.total, outbox.wait_for_room, clock)

    def feed() -> None:
        for seq in range(meter.total):
            still = camera.still()
            outbox.put(Message(Family.STILL, CAMERA, "boot", seq, still.captured_us, still.data))

    return _measure(case, outbox, clock, meter, feed)


def run_flow(case: Case) -> dict[str, float]:
    """Stills through `Pipeline`, outbox, publisher and sink."""
    clock, meter = RealClock(), Meter(case.frames, case.warm_up)
    outbox = FullSpeedOutbox(meter, case.size)
    camera = FramesFromMemory(case.size, meter.total, outbox.wait_for_room, clock)
    sequence = Sequence(CAMERA, clock)
    pipeline = Pipeline(lambda: camera, AsItComes(), sequence, outbox, clock, Counters())
    return _measure(case, outbox, clock, meter, lambda: pipeline.run(threading.Event()))


def run_paced(address: str, topic: str, size: int, fps: float, seconds: float) -> None:
    """The program's flow at `fps` for `seconds`; what the broker does not take in time is dropped."""
    keep_freed_memory()
    clock, counters, stop = RealClock(), Counters(), threading.Event()
    settings = publish_settings(address, topic)
    outbox = MemoryOutbox(settings.queue_bytes, counters)
    publisher = Publisher(outbox, SinetStreamSink(settings, CAMERA, clock), clock, counters, again=True)
    camera = FramesFromMemory(size, int(fps * seconds), _no_wait, clock)
    slots = Every(1.0 / fps, 0.0, Reason.STREAM, clock)
    pipeline = Pipeline(lambda: camera, slots, Sequence(CAMERA, clock), outbox, clock, counters)
    threading.Thread(target=lambda: publisher.run(stop, stop), daemon=True).start()
    pipeline.run(stop)


class Stopwatch(FramesFromMemory):
    """Frames from memory, with the moment of each capture."""

    def __init__(self, count: int, clock: RealClock) -> None:
        super().__init__(SIZES["15KB"], count, _no_wait, clock)
        self.taken_s: list[float] = []

    def still(self) -> Still:
        self.taken_s.append(time.monotonic())
        return super().still()


def run_on_schedule(seconds: float) -> list[float]:
    """How late each still of SCHEDULE=1 is taken, in seconds."""
    clock, counters = RealClock(), Counters()
    camera = Stopwatch(int(seconds), clock)
    start_s = time.monotonic()
    slots = timetable(Schedule("1", 1, "second"), None, clock)
    outbox = MemoryOutbox(10**7, counters)
    pipeline = Pipeline(lambda: camera, slots, Sequence(CAMERA, clock), outbox, clock, counters)
    pipeline.run(threading.Event())
    return [taken_s - (start_s + 1.0 + slot) for slot, taken_s in enumerate(camera.taken_s)]


def _measure(
    case: Case, outbox: FullSpeedOutbox, clock: RealClock, meter: Meter, feed: Callable[[], None]
) -> dict[str, float]:
    keep_freed_memory()  # as the program does at its start
    counters, stop = Counters(), threading.Event()
    sink = SinetStreamSink(publish_settings(case.address, case.topic), CAMERA, clock)
    publisher = Publisher(outbox, sink, clock, counters, again=True)
    threads = [
        threading.Thread(target=feed, daemon=True),
        threading.Thread(target=lambda: publisher.run(stop, threading.Event()), daemon=True),
    ]
    for thread in threads:
        thread.start()
    figures = meter.result()
    stop.set()
    outbox.close()
    threads[1].join(10)
    if counters.total("delivered") != meter.total:
        raise RuntimeError(f"not all delivered: {counters.snapshot()}")
    return figures
