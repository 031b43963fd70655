"""Times of arrival in, a rate and latency percentiles out; bounded, whatever arrives."""

from __future__ import annotations

import math
from collections import deque

WINDOW_S = 5.0
"""Seconds over which a rate is taken."""
MAX_ARRIVALS = 1024
MAX_LATENCIES = 2048


class Rate:
    """Pictures per second, over the last 5 s; for a slower camera, from its last interval."""

    def __init__(self) -> None:
        self._arrivals: deque[float] = deque(maxlen=MAX_ARRIVALS)
        self._interval_s: float | None = None

    def arrived(self, now_s: float) -> None:
        """Account for one picture at `now_s` on the monotonic clock."""
        if self._arrivals:
            self._interval_s = now_s - self._arrivals[-1]
        self._arrivals.append(now_s)

    def per_second(self, now_s: float) -> float:
        """The rate as of `now_s`; it falls by itself while nothing comes."""
        if self._interval_s is None:
            return 0.0
        newest_s, intervals = self._arrivals[-1], 0
        since_s = newest_s
        for arrival_s in reversed(self._arrivals):  # back to the last one before the window
            since_s = arrival_s
            if arrival_s <= now_s - WINDOW_S:
                break
            intervals += 1
        else:
            intervals -= 1  # all are within the window: n arrivals bound n - 1 intervals
        if intervals <= 0:
            return 1 / max(self._interval_s, now_s - newest_s, 1e-3)
        span_s = newest_s - since_s
        if now_s - newest_s > span_s / intervals:  # the next one is late
            span_s = now_s - since_s
        return intervals / max(span_s, 1.0)  # a burst's first milliseconds are no rate

    @property
    def interval_s(self) -> float | None:
        """Seconds between the last two pictures, None before the second."""
        return self._interval_s


class Latency:
    """Milliseconds from capture to arrival of the newest `MAX_LATENCIES` pictures."""

    def __init__(self) -> None:
        self._samples_ms: deque[float] = deque(maxlen=MAX_LATENCIES)

    def add(self, latency_ms: float) -> None:
        self._samples_ms.append(latency_ms)

    def percentiles(self) -> dict[str, float | None]:
        """`{"p50", "p99"}` by nearest rank, in milliseconds; None without a sample."""
        ordered = sorted(self._samples_ms)
        return {name: _nearest_rank(ordered, share) for name, share in (("p50", 0.50), ("p99", 0.99))}


def _nearest_rank(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 1)
