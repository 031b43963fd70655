"""Lines for a log in, of each kind a few in a while out, with the number that was kept back."""

from __future__ import annotations

import logging
import threading

from ss_camera.clock import Clock


class RareLog:
    """Logs at most `burst` lines of a kind in `interval_s` seconds; from any thread.

    A kind is a word of ours, never a stranger's: there is one entry per kind.
    """

    def __init__(
        self, logger: logging.Logger, clock: Clock, interval_s: float = 1.0, *, burst: int = 1
    ) -> None:
        self._logger = logger
        self._clock = clock
        self._interval_s = interval_s
        self._burst = burst
        self._lock = threading.Lock()
        self._said: dict[str, tuple[float, int]] = {}
        self._kept_back: dict[str, int] = {}

    def warning(self, kind: str, text: str) -> None:
        """Log `text` as a warning, unless enough lines of its kind were logged within the interval."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            began_s, count = self._said.get(kind, (now_s, 0))
            if now_s - began_s >= self._interval_s:
                began_s, count = now_s, 0
            if count >= self._burst:
                self._kept_back[kind] = self._kept_back.get(kind, 0) + 1
                return
            self._said[kind] = (began_s, count + 1)
            more = self._kept_back.pop(kind, 0)
        since = f" ({more} more like it since the last such line)" if more else ""
        self._logger.warning("%s%s", text, since)
