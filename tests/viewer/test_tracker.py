"""Sequence numbers: what is missing and what came twice, against the plain truth of a set."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from viewer.tracker import MAX_BOOTS, MAX_EARLY, MAX_GAPS, Arrival, BootTracker, CameraTracker


class Truth:
    """What a subscriber may claim of one boot, from all that arrived, remembered in full."""

    def __init__(self) -> None:
        self.arrived: list[int] = []

    @property
    def seen(self) -> set[int]:
        return set(self.arrived)

    @property
    def first(self) -> int:
        first = self.arrived[0]
        while first - 1 in self.seen:
            first -= 1
        return first

    @property
    def missing(self) -> int:
        return len(set(range(self.arrived[0], max(self.arrived) + 1)) - self.seen)

    @property
    def repeated(self) -> int:
        return len(self.arrived) - len(self.seen)


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Numbers of one to four boots as a bad network delivers them: lost, repeated, out of order, mixed."""
    chaos = random.Random(draw(st.integers(0, 2**32)))
    loss = draw(st.sampled_from([0.0, 0.1, 0.6]))
    repeats = draw(st.sampled_from([0.0, 0.2]))
    disorder = draw(st.sampled_from([0.0, 3.0, 40.0]))
    sent: list[tuple[float, str, int]] = []
    for boot in range(draw(st.integers(1, 4))):
        start, length = draw(st.sampled_from([0, 7, 2**40])), draw(st.integers(1, 60))
        for seq in range(start, start + length):
            for _ in range((chaos.random() >= loss) + (chaos.random() < repeats)):
                sent.append((boot * 20 + seq - start + chaos.uniform(0, disorder), f"boot-{boot}", seq))
    return [(boot, seq) for _, boot, seq in sorted(sent)]


@given(scripts())
def test_counts_are_those_of_the_plain_truth(script: list[tuple[str, int]]) -> None:
    """After every arrival, missing and repeated are what a set of all numbers gives, over all boots."""
    camera, truths = CameraTracker(), dict[str, Truth]()
    for boot, seq in script:
        truth = truths.setdefault(boot, Truth())
        known, highest = seq in truth.seen, max(truth.arrived, default=-1)
        arrival = camera.arrive(boot, seq)
        truth.arrived.append(seq)
        assert (arrival is Arrival.REPEATED) == known
        assert (arrival is Arrival.NEWEST) == (seq > highest)
        assert camera.missing == sum(each.missing for each in truths.values())
        assert camera.repeated == sum(each.repeated for each in truths.values())
        if arrival is Arrival.NEWEST:
            assert (camera.first, camera.last) == (truth.first, seq)


@given(st.permutations(range(12)))
def test_nothing_is_missing_once_all_came(order: list[int]) -> None:
    """Whatever the order, a complete sequence ends with nothing missing and its true first and last."""
    boot = BootTracker(order[0])
    for seq in order[1:]:
        boot.arrive(seq)
    assert (boot.first, boot.last, boot.missing) == (0, 11, 0)


def test_what_was_sent_before_the_subscriber_listened_is_not_missing() -> None:
    """A straggler from before the first number opens no gap, and is no repeat."""
    boot = BootTracker(10)
    assert boot.arrive(7) is Arrival.LATE
    assert (boot.first, boot.missing) == (10, 0)
    assert boot.arrive(7) is Arrival.REPEATED


def test_a_new_boot_starts_anew() -> None:
    """A camera that restarts at 0 loses nothing by it, and what its last run missed stays counted."""
    camera = CameraTracker()
    for boot, seq in (("a", 3), ("a", 5), ("b", 0), ("b", 1)):
        camera.arrive(boot, seq)
    assert (camera.first, camera.last, camera.missing, camera.repeated) == (0, 1, 1, 0)


def test_two_senders_of_one_name_are_both_shown() -> None:
    """Where two devices have the same name, each of their pictures is the newest of its own sequence."""
    camera = CameraTracker()
    turns = [("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert [camera.arrive(*turn) for turn in turns] == [Arrival.NEWEST] * 4


def test_memory_is_bounded_and_the_count_stays_true() -> None:
    """Every second number lost, for ever: the gaps kept are bounded, the number missing is still exact."""
    boot = BootTracker(0)
    for seq in range(2, 20 * MAX_GAPS, 2):
        boot.arrive(seq)
    assert boot.missing == 10 * MAX_GAPS - 1
    assert len(boot._gaps) <= MAX_GAPS
    assert boot.arrive(boot.last - 1) is Arrival.LATE


def test_a_split_gap_does_not_pass_the_bound() -> None:
    """A late number inside a wide gap splits it; with all places taken, its lower part is given up."""
    boot = BootTracker(0)
    for seq in range(4, 4 * MAX_GAPS + 4, 4):
        boot.arrive(seq)
    missing = boot.missing
    assert boot.arrive(boot.last - 2) is Arrival.LATE
    assert boot.missing == missing - 1
    assert len(boot._gaps) <= MAX_GAPS


def test_numbers_below_the_first_are_remembered_within_a_bound() -> None:
    """A stranger who counts backwards costs a bounded set."""
    boot = BootTracker(10 * MAX_EARLY)
    for seq in range(0, 4 * MAX_EARLY, 2):
        boot.arrive(seq)
    assert len(boot._early) <= MAX_EARLY
    assert boot.missing == 0


def test_boots_are_bounded_and_their_missing_numbers_are_kept() -> None:
    """A camera in a restart loop: old boots are closed, what they missed is not forgotten."""
    camera = CameraTracker()
    for boot in range(5 * MAX_BOOTS):
        camera.arrive(str(boot), 0)
        camera.arrive(str(boot), 2)
    assert camera.missing == 5 * MAX_BOOTS
    assert len(camera._boots) == MAX_BOOTS


def test_a_leap_of_2_to_the_62_costs_nothing() -> None:
    """A hostile number is a gap like any other."""
    boot = BootTracker(0)
    boot.arrive(2**62)
    assert boot.missing == 2**62 - 1
    assert boot.arrive(2**61) is Arrival.LATE
