"""Calls of a camera library in, their results out, by a thread that is the only one to make them.

A camera library may hang in a driver or in firmware, and nothing can end that from outside; so that nobody
waits for a call unbounded, a thread that hangs is left behind. It ends by itself when the library lets it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraStuck, CameraTimeout

CLOSE_S = 4.0
"""How long `close` waits; a thread that hangs longer is left to end by itself."""

_T = TypeVar("_T")
_left_behind: dict[str, threading.Thread] = {}  # by the camera's name: a process has each of them once
_logger = logging.getLogger(__name__)


class _Call(Generic[_T]):
    """One call, and what became of it."""

    def __init__(self, work: Callable[[], _T]) -> None:
        self.work = work
        self.done = threading.Event()
        self.results: list[_T] = []
        # not the error itself: its traceback would hold the library's objects
        self.failure: tuple[type[CameraError], str] | None = None


class LibraryThread:
    """`name` is the camera's in sentences. A call's own `CameraError` reaches who called.

    Making one raises `CameraStuck` while an earlier one of the same name is left behind.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        earlier = _left_behind.get(name)
        if earlier is not None and earlier.is_alive():
            raise CameraStuck(f"{name} is in use by an earlier opening of this one that hangs")
        self._name = name
        self._clock = clock
        self._calls: queue.SimpleQueue[_Call[object] | None] = queue.SimpleQueue()
        self._posted: _Call[object] | None = None
        self._is_over = False
        # daemon: a thread stuck in a driver must not keep the program from ending
        self._thread = threading.Thread(target=self._run, name="camera library", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], _T], timeout_s: float, doing: str) -> _T:
        """What `work` returns. Raises its `CameraError`, or `CameraTimeout` naming what it was `doing`.

        After a `CameraTimeout` nothing but `close` is of use.
        """
        call = _Call(work)
        self._calls.put(call)  # type: ignore[arg-type]  # its result is read below and nowhere else
        if not self._clock.wait(call.done, timeout_s):
            raise CameraTimeout(f"{self._name} hangs: {doing} took longer than {timeout_s:.0f} s")
        if call.failure is not None:
            kind, sentence = call.failure
            raise kind(sentence)
        return call.results[0]

    def post(self, work: Callable[[], object]) -> None:
        """Have it done soon; nobody waits. One at a time: while the last one waits, this one is left out."""
        if self._posted is None or self._posted.done.is_set():
            self.raise_failure()
            self._posted = _Call(work)
            self._calls.put(self._posted)

    def raise_failure(self) -> None:
        """Raise what the last posted call raised, if it did."""
        if self._posted is not None and self._posted.failure is not None:
            kind, sentence = self._posted.failure
            raise kind(sentence)

    def close(self, work: Callable[[], object]) -> None:
        """Do `work` as the last of all; returns within `CLOSE_S` and never raises."""
        if self._is_over:
            return
        self._is_over = True
        last = _Call(work)
        self._calls.put(last)
        self._calls.put(None)
        if not self._clock.wait(last.done, CLOSE_S):
            _left_behind[self._name] = self._thread
            _logger.warning("%s hangs while it is closed, and is left behind", self._name)
        elif last.failure is not None:
            _logger.warning("%s could not be closed well: %s", self._name, last.failure[1])

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call.results.append(call.work())
            except CameraError as error:
                call.failure = type(error), str(error)
            except Exception as error:  # a thread's outer edge: whoever waits must hear of it
                _logger.exception("%s failed: this is a fault of ss-camera or of the library", self._name)
                call.failure = CameraError, f"{self._name} failed: {type(error).__name__}: {error}"
            call.done.set()
            del call  # what it holds may go before the next one comes
