"""Time as an argument: `RealClock` for the program, `FakeClock` for tests and replays."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks and a wait; nothing else in the program asks the system for the time."""

    def wall_us(self) -> int:
        """Microseconds since 1970 UTC; may jump when the system's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never jump, from an arbitrary origin."""
        ...

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until `event` is set or `timeout_s` has passed; return whether it is set."""
        ...


class RealClock:
    """The system's clocks."""

    def wall_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_s(self) -> float:
        return time.monotonic()

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        return event.wait(max(0.0, timeout_s))


class FakeClock:
    """A clock that moves only by `advance`, `step_wall` and `wait`; a wait ends at once.

    For one thread: a test that drives a loop with it sees exact times and takes none.
    """

    def __init__(self, wall_s: float = 1_700_000_000.0) -> None:
        self._wall_us = round(wall_s * 1e6)
        self._monotonic_s = 1000.0

    def wall_us(self) -> int:
        return self._wall_us

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self._monotonic_s += seconds
        self._wall_us += round(seconds * 1e6)

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock forward or back, as NTP or an operator does."""
        self._wall_us += round(seconds * 1e6)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        if not event.is_set():
            self.advance(max(0.0, timeout_s))
        return event.is_set()
