"""A failure in, the seconds to wait before the next try out: doubling, with a ceiling."""

from __future__ import annotations


class Backoff:
    """1, 2, 4 .. `ceiling_s`; starts anew after `succeeded`."""

    def __init__(self, first_s: float, ceiling_s: float) -> None:
        self._first_s = first_s
        self._ceiling_s = ceiling_s
        self._next_s = first_s

    def failed(self) -> float:
        """How long to wait now, in seconds."""
        wait_s = self._next_s
        self._next_s = min(self._next_s * 2, self._ceiling_s)
        return wait_s

    def succeeded(self) -> None:
        self._next_s = self._first_s
