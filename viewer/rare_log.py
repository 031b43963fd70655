"""Lines for a log in, at most one a minute of each kind out, with the number held back."""

from __future__ import annotations

import logging

from ss_camera.clock import Clock

INTERVAL_S = 60.0


class RareLog:
    """For one thread. `kind` is a word of ours, never a stranger's: there is one entry per kind."""

    def __init__(self, logger: logging.Logger, clock: Clock) -> None:
        self._logger = logger
        self._clock = clock
        self._said_s: dict[str, float] = {}
        self._held_back: dict[str, int] = {}

    def warning(self, kind: str, text: str) -> None:
        """Log `text`, unless a line of this kind was logged within the last minute."""
        now_s = self._clock.monotonic_s()
        if now_s - self._said_s.get(kind, float("-inf")) < INTERVAL_S:
            self._held_back[kind] = self._held_back.get(kind, 0) + 1
            return
        self._said_s[kind] = now_s
        more = self._held_back.pop(kind, 0)
        self._logger.warning("%s%s", text, f" ({more} more like it since the last such line)" if more else "")
