"""A camera's sequence numbers in, what is missing or came twice out; no thread, no clock, no picture.

One tracker serves every topic of a camera: the sequence runs over stills, clip parts and events, so a
subscriber to several topics feeds all of them into the same one. Topics run at their own pace: what is the
newest is judged within a family, what is missing over all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from enum import Enum

from ss_camera.media import Family

MAX_GAPS = 1024
"""Gaps kept open per boot; of the numbers in older ones only the count is kept."""
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

    def __init__(self, seq: int, family: Family = Family.STILL) -> None:
        self.first = seq
        self.last = seq
        self.missing = 0
        self._newest = {family: seq}
        self._gaps: list[tuple[int, int]] = []  # first and last number of each, ascending, apart
        self._early: set[int] = set()
        self._given_up = 0  # numbers of gaps that had no room; they stand below the floor
        self._floor = 0

    @property
    def last_still(self) -> int:
        """The highest number of a still; of a camera that sent none, of anything."""
        return self._newest.get(Family.STILL, self.last)

    def missing_until(self, seq: int) -> int:
        """`missing`, of the numbers up to `seq`."""
        return self.missing - sum(high - max(low, seq + 1) + 1 for low, high in self._gaps if high > seq)

    def arrive(self, seq: int, family: Family = Family.STILL) -> Arrival:
        """Account for `seq`: NEWEST is the newest of its family."""
        arrival = self._account(seq)
        if arrival is Arrival.REPEATED or seq <= self._newest.get(family, -1):
            return Arrival.LATE if arrival is Arrival.NEWEST else arrival
        self._newest[family] = seq
        return Arrival.NEWEST

    def forget_gaps(self) -> None:
        """What has not come until now is not missing: it was sent where nobody listened."""
        self.first, self.missing, self._given_up = self.last, 0, 0
        self._gaps.clear()
        self._early.clear()

    def _account(self, seq: int) -> Arrival:
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
            self._give_up(self._gaps.pop(0))

    def _give_up(self, gap: tuple[int, int]) -> None:
        self._given_up += gap[1] - gap[0] + 1
        self._floor = max(self._floor, gap[1] + 1)

    def _fill(self, seq: int) -> Arrival:
        index = bisect_right(self._gaps, seq, key=lambda gap: gap[0]) - 1
        if index < 0 or self._gaps[index][1] < seq:
            return self._below_the_floor(seq)
        low, high = self._gaps[index]
        parts = [gap for gap in ((low, seq - 1), (seq + 1, high)) if gap[0] <= gap[1]]
        if len(self._gaps) - 1 + len(parts) > MAX_GAPS:
            self._give_up(parts.pop(0))  # no room to split
        self._gaps[index : index + 1] = parts
        self.missing -= 1
        return Arrival.LATE

    def _below_the_floor(self, seq: int) -> Arrival:
        # one topic far ahead of another leaves more gaps than are kept: what fills them is not a repeat
        if seq >= self._floor or not self._given_up:
            return Arrival.REPEATED
        self._given_up -= 1
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
    def missing_until_still(self) -> int:
        """`missing`, of the numbers up to each boot's last still: another topic may be ahead of stills."""
        boots = self._boots.values()
        return self._closed_missing + sum(boot.missing_until(boot.last_still) for boot in boots)

    @property
    def first(self) -> int | None:
        boot = self._newest()
        return boot.first if boot else None

    @property
    def last_still(self) -> int | None:
        boot = self._newest()
        return boot.last_still if boot else None

    @property
    def last(self) -> int | None:
        boot = self._newest()
        return boot.last if boot else None

    def knows(self, boot: str) -> bool:
        """Whether anything of the run `boot` was accounted for, and is still remembered."""
        return boot in self._boots

    def forget_gaps(self) -> None:
        """Begin anew to count what is missing."""
        self._closed_missing = 0
        for boot in self._boots.values():
            boot.forget_gaps()

    def arrive(self, boot: str, seq: int, family: Family = Family.STILL) -> Arrival:
        """Account for `seq` of the run `boot`."""
        tracker = self._boots.get(boot)
        if tracker is None:
            self._boots[boot] = BootTracker(seq, family)
            if len(self._boots) > MAX_BOOTS:
                self._closed_missing += self._boots.popitem(last=False)[1].missing
            return Arrival.NEWEST
        arrival = tracker.arrive(seq, family)
        if arrival is Arrival.NEWEST:
            # also where an older boot goes on: two devices of one name take turns, neither hides the other
            self._boots.move_to_end(boot)
        elif arrival is Arrival.REPEATED:
            self.repeated += 1
        return arrival

    def _newest(self) -> BootTracker | None:
        return next(reversed(self._boots.values())) if self._boots else None
