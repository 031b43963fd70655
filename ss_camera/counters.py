"""Counts that every thread may add to in, all of them at one moment out."""

from __future__ import annotations

import threading
from collections import Counter


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
