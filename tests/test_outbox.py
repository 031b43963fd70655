"""The outbox keeps what is not settled, in order, within its bound."""

from __future__ import annotations

import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.clock import FakeClock
from ss_camera.counters import Counters
from ss_camera.media import Family, Message
from ss_camera.outbox import Memory, MemoryOutbox, SharedOutbox
from ss_camera.rare_log import RareLog


def message(seq: int, size: int = 10) -> Message:
    return Message(Family.STILL, "c", "b", seq, 0, bytes(size))


def outbox(max_bytes: int = 1000) -> tuple[MemoryOutbox, Counters]:
    counters = Counters()
    return MemoryOutbox(max_bytes, counters), counters


def take_all(box: MemoryOutbox) -> list[int]:
    taken = []
    while (found := box.take(0.0)) is not None:
        taken.append(found.seq)
    return taken


def test_first_in_first_out() -> None:
    """Order is the order of capture."""
    box, _ = outbox()
    for seq in range(5):
        box.put(message(seq))
    assert take_all(box) == [0, 1, 2, 3, 4]


def test_rewind_gives_back_what_is_not_settled_in_its_old_order() -> None:
    """After a failed connection nothing is lost and nothing overtakes."""
    box, _ = outbox()
    messages = [message(seq) for seq in range(6)]
    for each in messages:
        box.put(each)
    for _ in range(4):
        box.take(0.0)
    box.settle(messages[1])
    box.rewind()
    assert take_all(box) == [0, 2, 3, 4, 5]


def test_overflow_drops_the_oldest_and_counts_it() -> None:
    """The newest pictures are worth most."""
    box, counters = outbox(max_bytes=35)
    for seq in range(5):
        box.put(message(seq))
    assert take_all(box) == [2, 3, 4]
    assert counters.snapshot() == {"dropped{queue full}": 2}


def test_what_is_taken_is_not_dropped_but_counts_against_the_bound() -> None:
    """Memory is bounded while the broker holds the oldest."""
    box, counters = outbox(max_bytes=35)
    for seq in range(3):
        box.put(message(seq))
    first = box.take(0.0)
    for seq in range(3, 6):
        box.put(message(seq))
    assert box.waiting() == 3
    box.rewind()
    assert first is not None
    assert take_all(box) == [0, 4, 5]
    assert counters.total("dropped") == 3


def test_a_message_larger_than_the_bound_is_dropped_alone() -> None:
    """And the outbox works on."""
    box, counters = outbox(max_bytes=35)
    box.put(message(0, size=100))
    box.put(message(1))
    assert take_all(box) == [1]
    assert counters.total("dropped") == 1


def test_close_wakes_a_waiting_take() -> None:
    """So that a stop does not wait for a picture."""
    box, _ = outbox()
    found: list[Message | None] = []
    thread = threading.Thread(target=lambda: found.append(box.take(60.0)))
    thread.start()
    box.close()
    thread.join(10.0)
    assert found == [None]


@given(st.lists(st.sampled_from(["put", "take", "settle", "rewind"]), max_size=60), st.integers(1, 12))
def test_every_message_is_waiting_settled_or_dropped(script: list[str], room: int) -> None:
    """The ledger holds at every step, the bound too, and what is taken comes in order after a rewind."""
    box, counters = outbox(max_bytes=room * 10)
    put, settled, taken = 0, 0, []
    for step in script:
        if step == "put":
            box.put(message(put))
            put += 1
        elif step == "take" and (found := box.take(0.0)) is not None:
            assert not taken or found.seq > taken[-1].seq
            taken.append(found)
        elif step == "settle" and taken:
            box.settle(taken.pop(0))
            settled += 1
        elif step == "rewind":
            box.rewind()
            taken.clear()
        assert put == settled + box.waiting() + counters.total("dropped")
        assert (box.waiting() - len(taken)) * 10 <= room * 10


def test_a_full_queue_is_said_once_a_second(caplog: pytest.LogCaptureFixture) -> None:
    """With the number of drops kept back; the counters have them all."""
    counters, clock = Counters(), FakeClock()
    box = MemoryOutbox(30, counters, RareLog(logging.getLogger("test"), clock))
    for seq in range(20):
        box.put(message(seq))
    clock.advance(1.0)
    box.put(message(20))
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert "the oldest messages are dropped" in lines[0]
    assert "16 more like it" in lines[1]
    assert counters.total("dropped") == 18


def test_what_waits_for_a_broker_that_is_away_makes_room_for_the_others() -> None:
    """Two outboxes in one memory: the oldest that nobody has taken goes, and never what was taken."""
    counters = Counters()
    memory = Memory(30, counters)
    away, well = SharedOutbox(memory), SharedOutbox(memory)
    away.put(message(0))
    away.put(message(1))
    assert away.take(0.0) == message(0)
    for seq in range(2, 9):
        well.put(message(seq))
        assert well.take(0.0) == message(seq), "the newest finds room"
        well.settle(message(seq))
    assert (away.waiting(), well.waiting()) == (2, 0)
    well.put(message(9))
    well.put(message(10))
    assert away.waiting() == 1
    away.rewind()
    assert away.take(0.0) == message(0)
    assert counters.snapshot() == {"dropped{queue full}": 1}


def test_the_oldest_of_all_outboxes_goes_first() -> None:
    """By the number that the camera gave them, whatever the order of the outboxes."""
    counters = Counters()
    memory = Memory(30, counters)
    one, other = SharedOutbox(memory), SharedOutbox(memory)
    for seq in range(7):
        (one if seq % 2 else other).put(message(seq))
    left = []
    for box in (one, other):
        while (each := box.take(0.0)) is not None:
            left.append(each.seq)
    assert sorted(left) == [4, 5, 6]
    assert counters.total("dropped") == 4
