"""A camera's sequence numbers in, what is missing or came twice out; no thread, no clock, no picture.

One tracker serves every topic of a camera: the sequence runs over stills, clip parts and events, so a
subscriber to several topics feeds all of them into the same one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from enum import Enum

MAX_GAPS = 1024
"""Gaps kept open per boot; beyond it the oldest is given up and counts as missing for good."""
MAX_EARLY = 1024
"""Numbers below the first that are remembered per boot."""
MAX_BOOTS = 8
"""Boots kept open per camera; beyond it the longest silent one is closed and keeps its missing count."""


class Arrival(Enum):
    """What one number turned out to be."""

    NEWEST = "newest"
    LATE = "late"
    REPEATED = "repeated"


class BootTracker:
    """The numbers of one run of a camera.

    `first` is the number that came first, or lower where its predecessors came later without a gap: what
    was sent before the subscriber listened is never missing. `last` is the highest so far. `missing` is
    how many between the two have not come; a late arrival takes one away.
    """

    def __init__(self, seq: int) -> None:
        self.first = seq
        self.last = seq
        self.missing = 0
        self._gaps: list[tuple[int, int]] = []  # first and last number of each, ascending, apart
        self._early: set[int] = set()

    def arrive(self, seq: int) -> Arrival:
        """Account for `seq`."""
        if seq > self.last:
            if seq > self.last + 1:
                self._open_gap(self.last + 1, seq - 1)
            self.last = seq
            return Arrival.NEWEST
        if seq < self.first:
            return self._arrive_early(seq)
        return self._fill(seq)

    def _open_gap(self, low: int, high: int) -> None:
        self.missing += high - low + 1
        self._gaps.append((low, high))
        if len(self._gaps) > MAX_GAPS:
            del self._gaps[0]

    def _fill(self, seq: int) -> Arrival:
        index = bisect_right(self._gaps, seq, key=lambda gap: gap[0]) - 1
        if index < 0 or self._gaps[index][1] < seq:
            return Arrival.REPEATED
        low, high = self._gaps[index]
        parts = [gap for gap in ((low, seq - 1), (seq + 1, high)) if gap[0] <= gap[1]]
        if len(self._gaps) - 1 + len(parts) > MAX_GAPS:
            parts = parts[1:]  # no room to split: its lower part is given up
        self._gaps[index : index + 1] = parts
        self.missing -= 1
        return Arrival.LATE

    def _arrive_early(self, seq: int) -> Arrival:
        if seq in self._early:
            return Arrival.REPEATED
        if len(self._early) < MAX_EARLY:
            self._early.add(seq)
        while self.first - 1 in self._early:
            self.first -= 1
            self._early.discard(self.first)
        return Arrival.LATE


class CameraTracker:
    """The numbers of one camera over its boots; a new boot starts anew and takes nothing away.

    `missing` and `repeated` count over all boots seen; `first` and `last` are those of the boot that
    sent the newest number, None before the first one.
    """

    def __init__(self) -> None:
        self.repeated = 0
        self._closed_missing = 0
        self._boots: OrderedDict[str, BootTracker] = OrderedDict()

    @property
    def missing(self) -> int:
        return self._closed_missing + sum(boot.missing for boot in self._boots.values())

    @property
    def first(self) -> int | None:
        boot = self._newest()
        return boot.first if boot else None

    @property
    def last(self) -> int | None:
        boot = self._newest()
        return boot.last if boot else None

    def arrive(self, boot: str, seq: int) -> Arrival:
        """Account for `seq` of the run `boot`."""
        tracker = self._boots.get(boot)
        if tracker is None:
            self._boots[boot] = BootTracker(seq)
            if len(self._boots) > MAX_BOOTS:
                self._closed_missing += self._boots.popitem(last=False)[1].missing
            return Arrival.NEWEST
        arrival = tracker.arrive(seq)
        if arrival is Arrival.NEWEST:
            # also where an older boot goes on: two devices of one name take turns, neither hides the other
            self._boots.move_to_end(boot)
        elif arrival is Arrival.REPEATED:
            self.repeated += 1
        return arrival

    def _newest(self) -> BootTracker | None:
        return next(reversed(self._boots.values())) if self._boots else None
