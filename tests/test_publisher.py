"""The publisher keeps order, loses nothing and says once what is wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.clock import FakeClock, RealClock
from ss_camera.counters import Counters
from ss_camera.errors import MessageRefused, SinkDenied, SinkError, SinkUnavailable
from ss_camera.media import Family, Message
from ss_camera.outbox import MemoryOutbox
from ss_camera.publisher import MAX_BYTES_IN_FLIGHT, Flight, Publisher
from ss_camera.sinks.base import OnResult
from ss_camera.sinks.memory import MemorySink


def message(seq: int, size: int = 10) -> Message:
    return Message(Family.STILL, "c", "b", seq, 0, bytes(size))


class StoppingOutbox(MemoryOutbox):
    """Stops the publisher once all of it is settled, and not before: back-off is then waited in full."""

    def __init__(self, counters: Counters) -> None:
        super().__init__(10**9, counters)
        self.stop = threading.Event()

    def settle(self, message: Message) -> None:
        super().settle(message)
        if not self.waiting():
            self.stop.set()


def publish_all(
    sink: MemorySink, count: int, *, again: bool = True, stopped: bool = False
) -> tuple[Counters, MemoryOutbox, FakeClock]:
    """Put `count` messages, and run a publisher until the outbox is empty, in this thread."""
    counters, clock = Counters(), FakeClock()
    outbox = StoppingOutbox(counters)
    for seq in range(count):
        outbox.put(message(seq))
    outbox.close()
    if stopped or not count:
        outbox.stop.set()
    Publisher(outbox, sink, clock, counters, again=again).run(outbox.stop, threading.Event())
    return counters, outbox, clock


def test_a_stop_does_not_wait_for_the_backoff() -> None:
    """A broker that has come back meanwhile gets all: half a second between the last tries."""
    sink = MemorySink([SinkDenied("no right"), SinkDenied("no right"), None])
    counters, _, clock = publish_all(sink, 3, stopped=True)
    assert counters.total("delivered") == 3
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(1.0)


def test_the_end_of_an_outage_is_said_although_it_ended_a_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What the old connection had confirmed is no measure for the new one."""
    sink = MemorySink([None] * 40 + [SinkUnavailable("gone")] + [None] * 3 + [SinkUnavailable("gone")])
    with caplog.at_level(logging.INFO):
        publish_all(sink, 60)
    lines = [record.getMessage().split(";")[0].split(",")[0] for record in caplog.records]
    assert lines == ["gone", "delivering again to memory"] * 2


def test_all_is_delivered_in_order() -> None:
    """And the outbox is empty afterwards."""
    sink = MemorySink()
    counters, outbox, _ = publish_all(sink, 50)
    assert [sent.seq for sent in sink.messages] == list(range(50))
    assert counters.snapshot() == {"delivered": 50}
    assert outbox.waiting() == 0
    assert sink.closed == sink.opened == 1


def test_a_broker_that_is_absent_is_waited_for_with_backoff() -> None:
    """0.5, 1, 2 s .. between the tries; nothing is lost."""
    sink = MemorySink()
    sink.open_failures = [SinkUnavailable("not there") for _ in range(4)]
    counters, _, clock = publish_all(sink, 3)
    assert counters.total("delivered") == 3
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(0.5 + 1 + 2 + 4)


def test_a_failed_message_is_sent_again_before_those_behind_it() -> None:
    """A new connection starts with the oldest message that is not confirmed."""
    sink = MemorySink([None, SinkUnavailable("gone"), None])
    publish_all(sink, 4)
    assert [sent.seq for sent in sink.messages] == [0, 1, 2, 3]
    assert sink.opened == 2


def test_a_refused_message_is_given_up_and_blocks_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Too large for the broker: counted, said once, on the same connection."""
    sink = MemorySink(
        [None, MessageRefused("it is larger than the limit", "OUR_LIMIT"), MessageRefused("it is invalid")]
    )
    with caplog.at_level(logging.WARNING):
        counters, outbox, _ = publish_all(sink, 4)
    assert [sent.seq for sent in sink.messages] == [0, 3]
    assert counters.snapshot() == {
        "delivered": 2,
        "refused{by OUR_LIMIT}": 1,
        "refused{by the broker}": 1,
    }
    assert (sink.opened, outbox.waiting()) == (1, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "still 1 (10 bytes) is given up: it is larger than the limit",
        "still 2 (10 bytes) is given up: it is invalid",
    ]


def test_only_what_is_handed_over_again_counts_as_tried_again() -> None:
    """Not what had failed and was still waiting when the program was stopped."""
    sink, counters, clock = MemorySink([SinkUnavailable("gone")]), Counters(), FakeClock()
    outbox, give_up = MemoryOutbox(10**9, counters), threading.Event()
    outbox.put(message(0))
    sink.close = lambda _: give_up.set()  # type: ignore[method-assign]
    Publisher(outbox, sink, clock, counters, again=True).run(threading.Event(), give_up)
    assert counters.snapshot() == {}
    assert outbox.waiting() == 1


def test_a_denied_message_is_kept_and_tried_slowly() -> None:
    """Somebody may grant the right."""
    sink = MemorySink([SinkDenied("no right"), SinkDenied("no right"), None])
    counters, _, clock = publish_all(sink, 2)
    assert [sent.seq for sent in sink.messages] == [0, 1]
    assert counters.snapshot() == {"delivered": 2, "tried again": 2}
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(5 + 10)


class DenyingSink(MemorySink):
    """Opens, and says a moment later that it was not let in, as a client of Kafka does."""

    def problem(self) -> SinkError | None:
        return SinkDenied("wrong password") if self.opened < 4 else None

    def publish(self, message: Message, on_result: OnResult) -> None:
        if self.problem() is None:
            super().publish(message, on_result)


def test_a_refused_password_ends_the_connection_and_is_tried_slowly(caplog: pytest.LogCaptureFixture) -> None:
    """Said once; 5, 10, 20 s between the tries, and all is kept."""
    sink = DenyingSink()
    with caplog.at_level(logging.WARNING):
        counters, _, clock = publish_all(sink, 3)
    assert [sent.seq for sent in sink.messages] == [0, 1, 2]
    assert counters.snapshot() == {"delivered": 3}
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(5 + 10 + 20)
    assert [record.getMessage() for record in caplog.records] == [
        "wrong password; capture goes on, 3 messages wait"
    ]


def test_at_most_once_drops_what_fails_and_counts_it() -> None:
    """One attempt each."""
    sink = MemorySink([None, SinkUnavailable("gone")])
    counters, outbox, _ = publish_all(sink, 4, again=False)
    assert [sent.seq for sent in sink.messages] == [0, 2, 3]
    assert counters.snapshot() == {"handed over": 3, "dropped{not delivered}": 1}
    assert outbox.waiting() == 0


def test_one_line_when_the_broker_goes_and_one_when_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    """A service's log shows changes, not tries."""
    sink = MemorySink([None, SinkUnavailable("kafka h:1 is not reachable")])
    with caplog.at_level(logging.INFO):
        publish_all(sink, 3)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "kafka h:1 is not reachable; capture goes on, 2 messages wait",
        "delivering again to memory, 1 messages wait",
    ]


@given(st.lists(st.sampled_from(["ok", "gone", "denied", "refused"]), max_size=30), st.integers(0, 12))
def test_whatever_the_broker_does_the_ledger_holds(script: list[str], count: int) -> None:
    """captured = delivered + refused, each delivered once, in order: the memory sink never confirms twice."""
    kinds: dict[str, Callable[[], SinkError | None]] = {
        "ok": lambda: None,
        "gone": lambda: SinkUnavailable("gone"),
        "denied": lambda: SinkDenied("denied"),
        "refused": lambda: MessageRefused("refused"),
    }
    sink = MemorySink([kinds[step]() for step in script])
    counters, outbox, _ = publish_all(sink, count)
    seqs = [sent.seq for sent in sink.messages]
    assert seqs == sorted(set(seqs))
    assert count == len(seqs) + counters.total("refused")
    assert outbox.waiting() == 0


class HoldingSink(MemorySink):
    """Confirms nothing until told to: a broker that stopped answering."""

    max_in_flight = 4

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[Message, OnResult]] = []
        self.changed = threading.Condition()
        self.trouble: SinkError | None = None

    def publish(self, message: Message, on_result: OnResult) -> None:
        with self.changed:
            self.held.append((message, on_result))
            self.changed.notify_all()

    def problem(self) -> SinkError | None:
        return self.trouble

    def release(self) -> None:
        with self.changed:
            held, self.held = self.held, []
        for each, on_result in held:
            self.messages.append(each)
            on_result(each, None)

    def close(self, timeout_s: float) -> None:
        with self.changed:
            held, self.held = self.held, []
        for each, on_result in held:
            on_result(each, SinkUnavailable("closed"))


def test_no_more_than_the_bound_is_in_flight_and_capture_is_never_blocked() -> None:
    """A silent broker holds four messages; the rest waits in the outbox; a stop still ends in time."""
    sink, counters = HoldingSink(), Counters()
    outbox = MemoryOutbox(10**9, counters)
    stop, give_up = threading.Event(), threading.Event()
    publisher = Publisher(outbox, sink, RealClock(), counters, again=True)
    thread = threading.Thread(target=publisher.run, args=(stop, give_up))
    thread.start()
    for seq in range(10):
        outbox.put(message(seq))
    with sink.changed:
        assert sink.changed.wait_for(lambda: len(sink.held) == 4, 10.0)
    sink.release()
    with sink.changed:
        assert sink.changed.wait_for(lambda: len(sink.held) == 4, 10.0)
    assert [sent.seq for sent in sink.messages] == [0, 1, 2, 3]
    stop.set()
    outbox.close()
    give_up.set()
    thread.join(10.0)
    assert not thread.is_alive()
    assert outbox.waiting() == 6, "what is not confirmed is still accounted for"


def test_room_in_flight_is_bounded_in_bytes_but_never_refuses_the_first() -> None:
    """A message larger than the bound goes alone."""
    flight = Flight(max_messages=100)
    huge = message(0, MAX_BYTES_IN_FLIGHT + 1)
    assert flight.wait_for_room(len(huge.payload), 0.0)
    flight.depart(huge)
    assert not flight.wait_for_room(1, 0.0)
    flight.arrive(huge, None, confirmed=True)
    assert flight.wait_for_room(1, 0.0)
