"""Time as an argument: `RealClock` for the program, `FakeClock` for tests and replays."""

from __future__ import annotations

import ctypes
import threading
import time
from typing import Protocol

_SYNCED_INTERVAL_S = 1.0
_TIMEX_BYTES = 256  # struct timex is 208 bytes on 64-bit Linux, 128 on 32-bit
_TIME_ERROR = 5  # "clock not synchronized"


class Clock(Protocol):
    """Two clocks and a wait; nothing else in the program asks the system for the time."""

    def wall_us(self) -> int:
        """Microseconds since 1970 UTC; may jump when the system's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never jump, from an arbitrary origin."""
        ...

    def synced(self) -> bool:
        """Whether something (NTP, PTP, GPS) vouches for the wall clock."""
        ...

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until `event` is set or `timeout_s` has passed; return whether it is set."""
        ...


class RealClock:
    """The system's clocks."""

    def __init__(self) -> None:
        self._synced = False
        self._synced_asked_s = float("-inf")

    def wall_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_s(self) -> float:
        return time.monotonic()

    def synced(self) -> bool:
        now_s = time.monotonic()
        if now_s - self._synced_asked_s >= _SYNCED_INTERVAL_S:
            self._synced = _kernel_clock_is_synced()
            self._synced_asked_s = now_s
        return self._synced

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        return event.wait(max(0.0, timeout_s))


class FakeClock:
    """A clock that moves only by `advance`, `step_wall` and `wait`; a wait ends at once.

    For one thread: a test that drives a loop with it sees exact times and takes none.
    """

    def __init__(self, wall_s: float = 1_700_000_000.0) -> None:
        self._wall_us = round(wall_s * 1e6)
        self._monotonic_s = 1000.0
        self.is_synced = True

    def wall_us(self) -> int:
        return self._wall_us

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def synced(self) -> bool:
        return self.is_synced

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


def _kernel_clock_is_synced() -> bool:
    """Ask the kernel, which chrony, ntpd and systemd-timesyncd all tell (adjtimex(2), modes 0: read only)."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state: int = ctypes.CDLL(None).adjtimex(timex)
    except (AttributeError, OSError):  # no Linux: nobody vouches
        return False
    return state not in (-1, _TIME_ERROR)
