"""THE FLOW, one way, on one screen.

    source ─┬─ timetable: is a still due? ───────────┬─> message ─> outbox ─> publisher ─> sink
            └─ inbox ─> motion, pre-roll ─> clips, ──┴─> ...      one lane for each family
                                            events

One thread runs this file, one `recording.py` (the lower line), one `publisher.py` in each lane; the inbox
and the outboxes are between them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ss_camera.backoff import Backoff
from ss_camera.clock import Clock
from ss_camera.counters import Counters
from ss_camera.errors import CameraError, CameraStuck, EndOfVideo
from ss_camera.inbox import VideoEnds, VideoInbox
from ss_camera.jpeg import NotJpeg
from ss_camera.message import Sequence
from ss_camera.outbox import Outbox
from ss_camera.rare_log import RareLog
from ss_camera.scheduling import Timetable
from ss_camera.sources.base import Source

MAX_DAMAGED = 10
"""Damaged pictures in a row after which the camera is opened again."""
MAX_STUCK = 4
"""Tries in a row, 15 seconds with the waits between them, after which a camera's library hangs for good."""
VIDEO_CHECK_S = 1.0
"""How soon video that ended or stands still is noticed between two stills, in seconds."""

_logger = logging.getLogger(__name__)


class Pipeline:
    """Everything between an open camera and the outbox; `open_source` is called for each try.

    With an `inbox` the camera's video goes there.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        timetable: Timetable,
        sequence: Sequence,
        outbox: Outbox,
        clock: Clock,
        counters: Counters,
        inbox: VideoInbox | None = None,
    ) -> None:
        self._open_source = open_source
        self._timetable = timetable
        self._sequence = sequence
        self._outbox = outbox
        self._clock = clock
        self._counters = counters
        self._inbox = inbox
        self._backoff = Backoff(1.0, 60.0)
        self._rare = RareLog(_logger, clock)
        self._damaged = 0

    def run(self, stop: threading.Event) -> None:
        """Capture until `stop` is set or a video played once has ended; a failed camera is opened again.

        Raises `CameraStuck` where only a new process can open it.
        """
        stuck = 0
        while not stop.is_set():
            try:
                self.run_once(stop)
            except EndOfVideo as end:
                _logger.info("%s", end)
                return
            except CameraError as error:
                stuck = stuck + 1 if isinstance(error, CameraStuck) else 0
                if stuck > MAX_STUCK:
                    raise
                self._counters.add("camera failures")
                wait_s = self._backoff.failed()
                _logger.warning("%s; the next try is in %.0f s", error, wait_s)
                self._clock.wait(stop, wait_s)

    def run_once(self, stop: threading.Event) -> None:
        """One opened camera, from its first still to its failure or the stop."""
        source = self._open_source()
        _logger.info("capturing from %s; sending %s", source.description, self._timetable.description)
        try:
            if self._inbox is not None:
                source.start_video(self._inbox.put, self._inbox.put)
            while not self._clock.wait(stop, self._wait_s()):
                if self._inbox is not None:
                    source.check()
                if self._timetable.wait_s() > 0.0:
                    self._backoff.succeeded()  # video flows, and no still is due
                    continue
                self.still(source)
                self._backoff.succeeded()
        finally:
            source.close()
            if self._inbox is not None:
                self._inbox.put(VideoEnds())

    def _wait_s(self) -> float:
        """Seconds to the next still; video is looked after once a second between them."""
        wait_s = self._timetable.wait_s()
        return wait_s if self._inbox is None else min(wait_s, VIDEO_CHECK_S)

    def still(self, source: Source) -> None:
        """source ─> message ─> outbox, once. Raises `CameraError`."""
        missed = self._timetable.take()
        if missed:
            self._counters.add("missed", missed)
            self._rare.warning("missed", f"{missed} stills were due while none could be taken")
        picture = source.still()
        try:
            message = self._sequence.still(picture, self._timetable.reason)
        except NotJpeg as error:
            self._drop_damaged(error)
            return
        self._damaged = 0
        self._counters.add("captured")
        self._outbox.put(message)

    def _drop_damaged(self, error: NotJpeg) -> None:
        self._damaged += 1
        self._counters.add("damaged")
        self._rare.warning("damaged", f"the camera gave {error}; it is not published")
        if self._damaged >= MAX_DAMAGED:
            self._damaged = 0
            raise CameraError(f"the camera gave {MAX_DAMAGED} damaged pictures in a row")
