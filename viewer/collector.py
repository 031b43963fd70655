"""What feeds received in, clips put together and files saved out: on a thread that waits for the disk."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from ss_camera.clock import Clock
from viewer.archive import Archive
from viewer.cameras import Received
from viewer.clips import Clips

MAX_WAITING_BYTES = 64 * 1024 * 1024
PATIENCE_S = 1.0
"""How long a feed waits for room; after that nothing is waited for until half of it is free."""
STOP_S = 10.0
AGAIN_S = 3.0
"""So long nothing may fail before a disk counts as mended: small things fit where large ones do not."""
_TICK_S = 1.0
_COST = 2048  # Python's own for each message that waits

_logger = logging.getLogger(__name__)


class Collector:
    """Takes messages of all families; saves them where there is an `archive`.

    What waits is bounded in bytes. While the disk is slower than the broker, feeds wait for it a moment; a
    disk that hangs costs messages, which are counted and said, and never the view.
    """

    def __init__(self, clips: Clips, clock: Clock, archive: Archive | None = None) -> None:
        self._clips = clips
        self._clock = clock
        self._archive = archive
        self._waiting: deque[Received] = deque()
        self._bytes = 0
        self._stalled = False
        self._dropped = 0
        self._unsaved = 0
        self._problem: str | None = None
        self._failed_s = 0.0
        self._changed = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)

    @property
    def problem(self) -> str | None:
        """Why nothing is saved, as a phrase; None while all is well."""
        return self._problem

    def take(self, received: Received) -> None:
        """Queue a message; one that is neither a clip's nor to be saved is passed over."""
        if received.incoming.part is None and self._archive is None:
            return
        size = len(received.payload) + _COST
        with self._changed:
            if not self._has_room(size) and not self._stalled:
                self._changed.wait_for(lambda: self._has_room(size), PATIENCE_S)
            if not self._has_room(size):
                self._stall()
                return
            self._waiting.append(received)
            self._bytes += size
            self._changed.notify_all()

    def start(self) -> None:
        """Begin to collect."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, give up what is open, end; within `STOP_S`."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread.ident is None:
            return
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            _logger.warning("the disk did not answer within %.0f s; what was not written is lost", STOP_S)
        elif self._archive is not None:
            self._archive.close()

    def _has_room(self, size: int) -> bool:
        return not self._waiting or self._bytes + size <= MAX_WAITING_BYTES

    def _stall(self) -> None:
        self._dropped += 1
        if not self._stalled:
            self._stalled = True
            _logger.warning("the disk is slower than the broker: what comes now is shown and not saved")

    def _run(self) -> None:
        ticked_s = self._clock.monotonic_s()
        while True:
            received = self._next()
            if received is not None:
                self._try(lambda message=received: self._save(message))  # type: ignore[misc]
            elif self._ending:
                break
            if self._clock.monotonic_s() - ticked_s >= _TICK_S:
                ticked_s = self._clock.monotonic_s()
                self._try(self._clips.tick)
        self._try(self._clips.close)
        if self._unsaved:
            _logger.warning("not saved: %d stills, events or clips", self._unsaved)

    def _next(self) -> Received | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending, _TICK_S)
            if not self._waiting:
                return None
            received = self._waiting.popleft()
            self._bytes -= len(received.payload) + _COST
            if self._stalled and self._bytes <= MAX_WAITING_BYTES // 2:
                self._stalled = False
                _logger.warning("the disk keeps up again; %d messages were not saved", self._dropped)
                self._dropped = 0
            self._changed.notify_all()
            return received

    def _save(self, received: Received) -> bool:
        """Whether something was written."""
        kind = received.incoming.kind
        if kind == "clip":
            self._clips.take(received)
        elif self._archive is not None and kind == "still":
            return self._archive.save_still(received)
        elif self._archive is not None:
            return self._archive.save_event(received)
        return True

    def _try(self, work: Callable[[], bool | None]) -> None:
        """A disk that is full, or not there, is said once; and once that it takes what comes again."""
        now_s = self._clock.monotonic_s()
        try:
            written = work()
        except OSError as error:
            self._unsaved += 1
            self._failed_s = now_s
            if self._problem is None:
                self._problem = error.strerror or str(error)
                _logger.error(
                    "--save %s: %s; what comes is shown and not saved until that is mended",
                    self._archive.folder if self._archive else "",
                    self._problem,
                )
            return
        if written and self._problem is not None and now_s - self._failed_s >= AGAIN_S:
            _logger.warning("saving again; not saved: %d stills, events or clips", self._unsaved)
            self._problem, self._unsaved = None, 0
