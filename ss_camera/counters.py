"""Counts that every thread may add to, and a log line at most once in a while."""

from __future__ import annotations

import logging
import threading
from collections import Counter

from ss_camera.clock import Clock


class Counters:
    """Thread-safe counts by name; names with a reason are written `name{reason}`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, amount: int = 1, *, reason: str | None = None) -> None:
        """Add `amount` to `name`, or to `name{reason}`."""
        key = f"{name}{{{reason}}}" if reason else name
        with self._lock:
            self._counts[key] += amount

    def total(self, name: str) -> int:
        """The count of `name` over all of its reasons."""
        with self._lock:
            return sum(n for key, n in self._counts.items() if key.split("{", 1)[0] == name)

    def snapshot(self) -> dict[str, int]:
        """All counts as they are now."""
        with self._lock:
            return dict(self._counts)


class RareLog:
    """Logs a line at most once in `interval_s` per key, and says how many it kept back."""

    def __init__(self, logger: logging.Logger, clock: Clock, interval_s: float = 1.0) -> None:
        self._logger = logger
        self._clock = clock
        self._interval_s = interval_s
        self._lock = threading.Lock()
        self._said: dict[str, tuple[float, int]] = {}

    def warning(self, key: str, text: str) -> None:
        """Log `text` as a warning, unless `key` was logged within the interval."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            last_s, kept_back = self._said.get(key, (float("-inf"), 0))
            if now_s - last_s < self._interval_s:
                self._said[key] = (last_s, kept_back + 1)
                return
            self._said[key] = (now_s, 0)
        more = f" ({kept_back} more like it since)" if kept_back else ""
        self._logger.warning("%s%s", text, more)
