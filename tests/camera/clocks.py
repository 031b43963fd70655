"""Clocks for sources that have a thread of their own."""

from __future__ import annotations

import threading

from ss_camera.clock import RealClock

READER = "camera "
"""How the names of the sources' threads begin."""
_POLL_S = 0.001


class SteppedClock:
    """Time moves to the next deadline when the caller and all readers wait, and never else.

    So a video is played in no time, and every thread sees exact times whatever the machine does.
    """

    def __init__(self, wall_s: float = 1_700_000_000.0) -> None:
        self._wall_s = wall_s
        self._now_s = 0.0
        self._lock = threading.Lock()
        self._caller = threading.get_ident()
        self._older = set(threading.enumerate())  # threads of other sources
        self._waiting: dict[int, tuple[threading.Event, float]] = {}

    def wall_us(self) -> int:
        return round((self._wall_s + self.monotonic_s()) * 1e6)

    def monotonic_s(self) -> float:
        with self._lock:
            return self._now_s

    def synced(self) -> bool:
        return True

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        own = threading.get_ident()
        with self._lock:
            deadline_s = self._now_s + timeout_s
            self._waiting[own] = (event, deadline_s)
        try:
            while not event.wait(_POLL_S):
                with self._lock:
                    if self._now_s >= deadline_s:
                        break
                    self._step()
        finally:
            with self._lock:
                del self._waiting[own]
        return event.is_set()

    def sleep(self, seconds: float) -> None:
        """Let the caller wait."""
        self.wait(threading.Event(), seconds)

    def _step(self) -> None:
        younger = set(threading.enumerate()) - self._older
        readers = {thread.ident for thread in younger if thread.name.startswith(READER)}
        everybody_waits = readers | {self._caller} <= self._waiting.keys()
        if everybody_waits and not any(event.is_set() for event, _ in self._waiting.values()):
            self._now_s = min(deadline_s for _, deadline_s in self._waiting.values())


class HurriedClock(RealClock):
    """The real time until `hurry`; from then on it runs so many times faster, and time-outs come soon."""

    def __init__(self) -> None:
        self._speed = 1.0
        self._real_s = self._own_s = super().monotonic_s()

    def hurry(self, speed: float) -> None:
        """From now on, `speed` seconds pass in each."""
        self._own_s = self.monotonic_s()
        self._real_s = super().monotonic_s()
        self._speed = speed

    def monotonic_s(self) -> float:
        return self._own_s + (super().monotonic_s() - self._real_s) * self._speed

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        return super().wait(event, timeout_s / self._speed)


class AgreeingClock(RealClock):
    """The wall clock of the moment at which the thread last read the monotonic one.

    What reads one behind the other gets one moment, though the machine may do something else in between.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ahead_s = super().wall_us() / 1e6 - super().monotonic_s()
        self._read = threading.local()

    def monotonic_s(self) -> float:
        self._read.at_s = super().monotonic_s()
        return float(self._read.at_s)

    def wall_us(self) -> int:
        at_s: float = self._read.at_s
        return round((at_s + self._ahead_s) * 1e6)
