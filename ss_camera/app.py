"""Settings in, a running program out: builds every object, starts and stops the threads, nothing more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import IntEnum

from ss_camera import parts
from ss_camera.allocator import keep_freed_memory
from ss_camera.clips import Clips
from ss_camera.clock import Clock
from ss_camera.counters import Counters
from ss_camera.errors import CameraStuck
from ss_camera.inbox import RecordNow, VideoInbox
from ss_camera.lane import Lane
from ss_camera.media import Family
from ss_camera.message import Sequence
from ss_camera.outbox import Memory, Outbox, SharedOutbox
from ss_camera.pipeline import Pipeline
from ss_camera.rare_log import RareLog
from ss_camera.recording import Recording
from ss_camera.scheduling import AsItComes, Never, Timetable, timetable
from ss_camera.settings.model import Settings
from ss_camera.signals import answer
from ss_camera.sinks.base import Sink
from ss_camera.sources import is_recording, open_source
from ss_camera.sources.base import Source
from ss_camera.sources.jpeg_encoder import open_encoder

CAPTURE_STOP_S = 2.0
"""Seconds that a stop leaves the camera for the still it is taking."""
RECORD_STOP_S = 1.0
"""Seconds that a stop leaves for the rest of an open clip."""
PUBLISH_STOP_S = 5.0
"""Seconds that a stop leaves the publisher for what is captured; together under the 10 promised."""

THUMBNAIL_QUALITY = 70

_TICK_S = 2.0  # how soon the failure of a thread is noticed; a signal is at once
_END_TICK_S = 0.1  # the same where an end is expected
_logger = logging.getLogger(__name__)


class Exit(IntEnum):
    """Exit codes, after sysexits.h where it has one."""

    OK = 0
    FAILURE = 1
    TRY_AGAIN = 75
    SETTINGS = 78


OpenSink = Callable[[Family], Sink]


class App:
    """One camera to its brokers. `start`, then `wait` or `stop`; `counters` may be read at any time."""

    def __init__(self, settings: Settings, open_sink: OpenSink, clock: Clock) -> None:
        keep_freed_memory()
        self.counters = Counters()
        self._settings = settings
        self._clock = clock
        self._stop = threading.Event()
        self._drain = threading.Event()
        self._give_up = threading.Event()
        self._failed = threading.Event()
        memory = Memory(settings.publish.queue_bytes, self.counters, RareLog(_logger, clock, 60.0))
        outboxes: Mapping[Family, Outbox]
        outboxes = {family: SharedOutbox(memory) for family in settings.publish.routes}
        self._lanes = [
            Lane(family, settings.publish, outbox, open_sink(family), clock, self.counters)
            for family, outbox in outboxes.items()
            if settings.stills or family is not Family.STILL
        ]
        sequence = Sequence(settings.camera.camera_id, clock)
        self._inbox, self._record = self._recording(settings, sequence, outboxes)
        pipeline = Pipeline(
            self._open_source,
            _timetable(settings, clock),
            sequence,
            outboxes[Family.STILL],
            clock,
            self.counters,
            self._inbox,
        )
        self._capture = self._thread("capture", lambda: pipeline.run(self._stop))
        self._publish = [self._publishing(lane) for lane in self._lanes]

    def _publishing(self, lane: Lane) -> threading.Thread:
        return self._thread(f"publish {lane.name}", lambda: lane.run(self._drain, self._give_up))

    def _recording(
        self, settings: Settings, sequence: Sequence, outboxes: Mapping[Family, Outbox]
    ) -> tuple[VideoInbox | None, threading.Thread | None]:
        """The inbox for video and the thread that empties it, where motion is watched."""
        if settings.motion is None or settings.clips is None:
            return None, None
        inbox = VideoInbox(self.counters)
        room = parts.room(settings.clips.part_bytes, sequence.camera, sequence.boot)
        window = settings.clips.window
        clips = Clips(settings.clips, room, lambda us: window is None or window.contains(_local_minute(us)))
        encoder = open_encoder(THUMBNAIL_QUALITY)
        recording = Recording(
            settings.motion,
            clips,
            sequence,
            outboxes,
            self.counters,
            lambda sample: b"" if sample.luma is None else encoder.gray(sample.luma),
        )
        return inbox, self._thread("record", lambda: recording.run(inbox))

    def start(self) -> None:
        """Start all threads; the brokers are opened while the camera warms up."""
        for lane, thread in zip(self._lanes, self._publish, strict=True):
            _logger.info("publishing to %s", lane.description)
            thread.start()
        if self._record is not None:
            self._record.start()
        self._capture.start()

    def record_now(self) -> None:
        """A clip of `CLIP_MANUAL` seconds from now on, whether something moves or not. From any thread."""
        if self._inbox is None or self._settings.clips is None:
            _logger.warning("a clip was asked for, and there is no video without MOTION=on")
        else:
            self._inbox.put(RecordNow(self._settings.clips.manual_s))

    def record_on(self, signal_number: int) -> None:
        """The same for each such signal from now on; `signals.hold_back` holds it until then."""
        self._thread("command", lambda: answer(signal_number, self.record_now)).start()

    def wait(self, stop: threading.Event) -> None:
        """Until `stop` is set, a thread has failed, or a video played once has ended and is delivered."""
        tick_s = _END_TICK_S if is_recording(self._settings.camera) else _TICK_S
        while self._capture.is_alive() and not self._is_over(stop):
            stop.wait(tick_s)
        if not self._is_over(stop):
            self._close_outbox()
        while any(thread.is_alive() for thread in self._publish) and not self._is_over(stop):
            stop.wait(_END_TICK_S)

    def stop(self) -> Exit:
        """Stop the camera, hand over what it captured, stop the publisher: within 10 s. Logs the counts."""
        self._stop.set()
        self._join(self._capture, CAPTURE_STOP_S)
        self._close_outbox()
        self._join_all(self._publish, PUBLISH_STOP_S)
        self._give_up.set()
        self._join_all(self._publish, 1.0)
        for thread in self._publish:
            self._join(thread, 0.0)
        left = sum(lane.outbox.waiting() for lane in self._lanes)
        counts = ", ".join(f"{name} {count}" for name, count in sorted(self.counters.snapshot().items()))
        _logger.info("stopped: %s", counts or "nothing was captured")
        if left:
            _logger.error("%d captured messages were not delivered before the stop and are lost", left)
        if self._failed.is_set():
            return Exit.FAILURE
        return Exit.TRY_AGAIN if left else Exit.OK

    def _is_over(self, stop: threading.Event) -> bool:
        return stop.is_set() or self._failed.is_set()

    def _close_outbox(self) -> None:
        """Capture has ended: what it left is recorded, then nothing more is put into the outbox."""
        if self._inbox is not None and self._record is not None:
            self._inbox.close()
            self._join(self._record, RECORD_STOP_S)
        self._drain.set()
        for lane in self._lanes:
            lane.outbox.close()

    def _open_source(self) -> Source:
        return open_source(self._settings.camera, self._clock, _logger.info)

    def _thread(self, name: str, body: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                body()
            except CameraStuck as error:
                _logger.critical("%s; this program ends, so that what supervises it starts it anew", error)
                self._failed.set()
            except Exception:  # a thread's outer edge: say it, and end the program
                _logger.exception("the %s thread failed: this is a fault of ss-camera", name)
                self._failed.set()

        # daemon: a thread stuck in a driver must not keep the process from ending
        return threading.Thread(target=run, name=name, daemon=True)

    def _join_all(self, threads: list[threading.Thread], timeout_s: float) -> None:
        """Wait for all of them, for `timeout_s` altogether."""
        end_s = self._clock.monotonic_s() + timeout_s
        for thread in threads:
            thread.join(max(0.0, end_s - self._clock.monotonic_s()))

    def _join(self, thread: threading.Thread, timeout_s: float) -> None:
        thread.join(timeout_s)
        if thread.is_alive():
            _logger.error("the %s thread did not stop in time and is left behind", thread.name)


def _local_minute(wall_us: int) -> int:
    """Minutes since local midnight."""
    local = datetime.fromtimestamp(wall_us / 1e6)
    return local.hour * 60 + local.minute


def _timetable(settings: Settings, clock: Clock) -> Timetable:
    camera = settings.camera
    if not settings.stills:
        return Never()
    if settings.schedule is None and camera.framerate is None and is_recording(camera):
        return AsItComes()
    return timetable(settings.schedule, camera.framerate, clock)
