"""The inbox between a camera's thread and the one that records: never in the way, never without a bound."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ss_camera.counters import Counters
from ss_camera.inbox import MAX_BYTES, MAX_ITEMS, RecordNow, VideoEnds, VideoInbox, VideoItem
from ss_camera.media import MotionSample, Packet


def packet(number: int, size: int = 10) -> Packet:
    return Packet(bytes(size), False, number, number)


def taken(inbox: VideoInbox) -> list[VideoItem]:
    items = []
    while (item := inbox.take(0.0)) is not None:
        items.append(item)
    return items


def test_what_is_put_is_taken_in_its_order() -> None:
    """Of whatever kind."""
    inbox = VideoInbox(Counters())
    items: list[VideoItem] = [packet(0), RecordNow(3.0), packet(1), VideoEnds(), packet(2)]
    for item in items:
        inbox.put(item)
    assert taken(inbox) == items


@pytest.mark.parametrize(
    ("fits", "size"), [(MAX_ITEMS, 1), (16, MAX_BYTES // 16)], ids=["by number", "by bytes"]
)
def test_what_does_not_fit_costs_all_that_waits(fits: int, size: int) -> None:
    """A hole of known size: the video ends there, and what comes next finds room."""
    counters = Counters()
    inbox = VideoInbox(counters)
    for number in range(fits):
        inbox.put(packet(number, size))
    assert counters.snapshot() == {}
    inbox.put(packet(fits, size))
    inbox.put(packet(fits + 1, size))
    assert taken(inbox) == [VideoEnds(), packet(fits + 1, size)]
    assert counters.snapshot() == {"video dropped": fits + 1}


def test_what_was_taken_makes_room_again() -> None:
    """A recorder that keeps up never loses anything, however long it runs."""
    counters = Counters()
    inbox = VideoInbox(counters)
    for number in range(40):
        inbox.put(packet(number, MAX_BYTES // 4))
        assert inbox.take(0.0) == packet(number, MAX_BYTES // 4)
    assert counters.snapshot() == {}


def test_a_burst_of_commands_is_one() -> None:
    """However many signals ask for a clip at once, no video is dropped for them."""
    counters = Counters()
    inbox = VideoInbox(counters)
    inbox.put(packet(0))
    for _ in range(MAX_ITEMS + 1):
        inbox.put(RecordNow(3.0))
    inbox.put(packet(1))
    inbox.put(RecordNow(3.0))
    assert taken(inbox) == [packet(0), RecordNow(3.0), packet(1), RecordNow(3.0)]
    assert counters.snapshot() == {}


def test_samples_count_by_their_pixels() -> None:
    """They are the larger part of what waits."""
    counters = Counters()
    inbox = VideoInbox(counters)
    plane = np.zeros((1024, 1024), np.uint8)
    for number in range(16):
        inbox.put(MotionSample(number, number, luma=plane))
    assert counters.snapshot() == {}
    inbox.put(MotionSample(16, 16, luma=plane))
    assert counters.total("video dropped") == 17


def test_a_take_waits_for_what_comes_and_for_the_close() -> None:
    """A thread that records sleeps until there is something to do; what waits at the close is still taken."""
    inbox = VideoInbox(Counters())
    seen: list[VideoItem | None] = []
    reader = threading.Thread(target=lambda: seen.extend(inbox.take(30.0) for _ in range(3)))
    reader.start()
    inbox.put(packet(0))
    inbox.put(packet(1))
    inbox.close()
    reader.join(20.0)
    assert seen == [packet(0), packet(1), None]
    assert inbox.is_done()


def test_it_is_not_done_before_all_is_taken() -> None:
    """The rest of an open clip is still in it."""
    inbox = VideoInbox(Counters())
    inbox.put(packet(0))
    inbox.close()
    assert not inbox.is_done()
    inbox.take(0.0)
    assert inbox.is_done()
