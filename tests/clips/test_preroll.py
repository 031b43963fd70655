"""The ring of packets: never less than asked, never more than a GOP more, never above its memory."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ss_camera.media import Packet
from ss_camera.preroll import PACKET_BYTES, PreRoll
from tests.clips.letters import SECOND, packet


def fill(ring: PreRoll, script: str, size: int = 40) -> list[Packet]:
    packets = [packet(letter, number, number * SECOND, size) for number, letter in enumerate(script)]
    for each in packets:
        ring.add(each)
    return packets


def test_it_holds_what_was_asked_and_at_most_one_gop_more() -> None:
    """Of GOPs of four seconds and five seconds asked for: five to nine."""
    ring = PreRoll(5, 10**9)
    for number, letter in enumerate("kfff" * 10):
        ring.add(packet(letter, number, number * SECOND))
        if number >= 9:
            assert 5 <= ring.seconds < 9


def test_whole_gops_are_dropped() -> None:
    """What is taken begins with a keyframe, whatever was dropped."""
    ring = PreRoll(2, 10**9)
    packets = fill(ring, "kfffkfffkff")
    assert ring.take(0) == packets[8:]


def test_what_is_taken_begins_at_the_keyframe_at_or_before() -> None:
    """And the ring is empty behind it: no frame is given twice."""
    ring = PreRoll(60, 10**9)
    packets = fill(ring, "kfffkfffkff")
    assert ring.take(5 * SECOND) == packets[4:]
    assert (ring.take(0), ring.bytes, ring.seconds) == ([], 0, 0.0)
    packets = fill(ring, "kfkf")
    assert ring.take(2 * SECOND) == packets[2:]


def test_frames_before_the_first_keyframe_are_not_kept() -> None:
    """Nobody can decode them."""
    ring = PreRoll(60, 10**9)
    packets = fill(ring, "ffkf")
    assert ring.take(0) == packets[2:]


def test_it_holds_from_the_moment_that_is_still_judged() -> None:
    """A detector that is two seconds behind finds its five seconds all the same."""
    ring = PreRoll(5, 10**9)
    for number in range(20):
        ring.add(packet("k", number, number * SECOND), judged_us=(number - 2) * SECOND)
    assert ring.take((19 - 2 - 5) * SECOND)[0].pts_us == 12 * SECOND


def test_memory_comes_before_seconds() -> None:
    """Where a camera sends more than was planned the oldest GOP goes, and it is counted."""
    ring = PreRoll(60, 4 * (1000 + PACKET_BYTES))
    packets = fill(ring, "kfkfkfk", size=900)
    assert ring.overflows > 0
    assert ring.take(0) == packets[4:]


def test_a_gop_larger_than_the_memory_is_dropped_until_the_next_keyframe() -> None:
    """A camera that sends no keyframe does not fill the memory."""
    ring = PreRoll(60, 3000)
    packets = fill(ring, "kffffffffkf", size=500)
    assert ring.take(0) == packets[9:]


@given(st.text("kf", max_size=60), st.integers(0, 500), st.integers(1, 20_000), st.integers(0, 10))
@settings(deadline=None)
def test_memory_is_never_above_its_bound(script: str, size: int, limit: int, preroll_s: int) -> None:
    """And the count is that of what is held."""
    ring = PreRoll(preroll_s, limit)
    for number, letter in enumerate(script):
        ring.add(packet(letter, number, number * SECOND, size))
        assert 0 <= ring.bytes <= limit
    held = ring.bytes
    assert held == sum(len(each.data) + PACKET_BYTES for each in ring.take(0))
