"""Messages from the outbox to the sink: bounded in flight, tried again in order, counted each.

One thread runs `Publisher.run`. Whatever goes wrong with the broker is waited out here with
back-off while capture goes on; a message leaves the outbox only when it is confirmed or refused.
"""

from __future__ import annotations

import logging
import threading

from ss_camera.backoff import Backoff
from ss_camera.clock import Clock
from ss_camera.counters import Counters
from ss_camera.errors import MessageRefused, SinkDenied, SinkError, SinkUnavailable
from ss_camera.jpeg import NotJpeg, size
from ss_camera.media import Family, Message
from ss_camera.outbox import Outbox
from ss_camera.rare_log import RareLog
from ss_camera.sinks.base import Sink

MAX_BYTES_IN_FLIGHT = 8 * 1024 * 1024

# how often the sink is asked for its problem: while messages wait for it, and while there are none
_TICK_S = 1.0
_IDLE_S = 2.0
STALL_S = 5.0
"""Seconds without any answer, while messages wait for one, after which it is said."""
_logger = logging.getLogger(__name__)


class Flight:
    """What is on its way over one connection: how much, and the first failure that ends it.

    A new connection gets a new one, so that a late result of the old can neither fail it nor take its room.
    """

    def __init__(self, max_messages: int, max_bytes: int = MAX_BYTES_IN_FLIGHT) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._messages = 0
        self._bytes = 0
        self._wake_at = 0
        self.failure: SinkError | None = None
        self.confirmed = 0
        self.arrived = 0

    def depart(self, message: Message) -> None:
        with self._changed:
            self._messages += 1
            self._bytes += len(message.payload)

    def arrive(self, message: Message, failure: SinkError | None, *, confirmed: bool) -> None:
        with self._changed:
            self.arrived += 1
            self._messages -= 1
            self._bytes -= len(message.payload)
            self.failure = self.failure or failure
            self.confirmed += confirmed
            if self.failure is not None or self._messages <= self._wake_at:
                self._changed.notify_all()

    def wait_for_room(self, size: int, timeout_s: float) -> bool:
        """Whether `size` more bytes may depart, waited for up to `timeout_s`. One message always may.

        Who has to wait is woken when half has arrived: a thread that takes turns with each
        confirmation costs more than the message.
        """
        with self._changed:
            if not self._has_room(size):
                self._wait(self._messages // 2, timeout_s)
            return self.failure is not None or self._has_room(size)

    def wait_until_idle(self, timeout_s: float) -> bool:
        with self._changed:
            return not self._messages or self._wait(0, timeout_s)

    def is_idle(self) -> bool:
        with self._changed:
            return not self._messages

    def _wait(self, messages: int, timeout_s: float) -> bool:
        """Whether no more than `messages` are on their way, or one has failed, within `timeout_s`."""
        self._wake_at = messages
        return self._changed.wait_for(
            lambda: self.failure is not None or self._messages <= messages, timeout_s
        )

    def _has_room(self, size: int) -> bool:
        fits = self._bytes + size <= self._max_bytes and self._messages < self._max_messages
        return fits or not self._messages


class Publisher:
    """Empties `outbox` into `sink` until told to stop.

    `again` says whether a message that failed is tried again (AT_LEAST_ONCE) or counted as dropped
    (AT_MOST_ONCE: no broker confirms, and what went well is counted as handed over). `max_bytes` bounds
    what is in flight. The log calls the messages `name`.
    """

    def __init__(
        self,
        outbox: Outbox,
        sink: Sink,
        clock: Clock,
        counters: Counters,
        *,
        again: bool,
        max_bytes: int = MAX_BYTES_IN_FLIGHT,
        name: str = "messages",
    ) -> None:
        self._name = name
        self._outbox = outbox
        self._sink = sink
        self._clock = clock
        self._counters = counters
        self._again = again
        self._max_bytes = max_bytes
        self._rare = RareLog(_logger, clock, 60.0)
        self._backoff = {SinkDenied: Backoff(5.0, 60.0), SinkError: Backoff(0.5, 15.0)}
        self._failed: set[tuple[str, int]] = set()  # what to try again: no more than was in flight
        self._said: str | None = None
        self._confirmed_when_said = 0
        self._last_answer = (0, clock.monotonic_s())

    def run(self, stop: threading.Event, give_up: threading.Event) -> None:
        """Publish until `stop` is set and the outbox is empty, or until `give_up` is set.

        The outbox must be closed when `stop` is set, so that a waiting `take` wakes.
        """
        while not give_up.is_set():
            try:
                self._run_once(stop, give_up)
                return
            except SinkError as error:
                kind = SinkDenied if isinstance(error, SinkDenied) else SinkError
                wait_s = self._backoff[kind].failed()
                self._say_problem(str(error), 0)
            finally:
                self._sink.close(0.0)
                self._outbox.rewind()
            if stop.is_set() and not self._outbox.waiting():
                return
            self._pause(wait_s, stop, give_up)

    def _pause(self, wait_s: float, stop: threading.Event, give_up: threading.Event) -> None:
        """Wait before the next try. A stop ends it, and leaves half a second between the last tries."""
        if stop.is_set() or self._clock.wait(stop, wait_s):
            self._clock.wait(give_up, min(wait_s, 0.5))

    def _run_once(self, stop: threading.Event, give_up: threading.Event) -> None:
        """Open the sink and publish; returns when stopped and empty. Raises what ends the connection."""
        self._sink.open()
        flight = Flight(self._sink.max_in_flight, self._max_bytes)
        self._confirmed_when_said = 0
        self._last_answer = (0, self._clock.monotonic_s())
        while not give_up.is_set():
            message = self._outbox.take(_IDLE_S)
            if message is not None:
                self._hand_over(message, flight, give_up)
            elif stop.is_set() and flight.wait_until_idle(_TICK_S) and not self._outbox.waiting():
                return
            if flight.failure is not None:
                raise flight.failure
            self._look_at_connection(flight)

    def _hand_over(self, message: Message, flight: Flight, give_up: threading.Event) -> None:
        while not flight.wait_for_room(len(message.payload), _TICK_S):
            self._look_at_connection(flight)
            if give_up.is_set():
                return
        if flight.failure is None:
            if (message.boot, message.seq) in self._failed:
                self._failed.discard((message.boot, message.seq))
                self._counters.add("tried again")
            flight.depart(message)
            self._sink.publish(message, lambda sent, error: self._on_result(flight, sent, error))

    def _on_result(self, flight: Flight, message: Message, error: SinkError | None) -> None:
        """Called by the sink, on its own thread, once a message."""
        failure = None if isinstance(error, MessageRefused) else error
        if error is None:
            self._counters.add("delivered" if self._again else "handed over")
        elif isinstance(error, MessageRefused):
            self._counters.add("refused", reason=f"by {error.by}")
            self._rare.warning(str(error), f"{_described(message)} is given up: {error}")
        elif self._again:
            self._failed.add((message.boot, message.seq))
        else:
            self._counters.add("dropped", reason="not delivered")
            self._rare.warning("dropped", f"message {message.seq} is dropped (AT_MOST_ONCE): {error}")
        if failure is None or not self._again:
            self._outbox.settle(message)
        flight.arrive(message, failure, confirmed=error is None)

    def _look_at_connection(self, flight: Flight) -> None:
        """Say once when the connection has a problem, and once when messages arrive again.

        Raises `SinkDenied`: a client tries a refused password twice a second, and the server may lock it out.
        """
        if self._said is not None and flight.confirmed > self._confirmed_when_said:
            self._said = None
            _logger.info("delivering again to %s, %s", self._sink.description, self._waiting())
            for backoff in self._backoff.values():
                backoff.succeeded()
        problem = self._sink.problem() or self._stall(flight)
        if isinstance(problem, SinkDenied):
            raise problem
        if problem is not None:
            self._say_problem(str(problem), flight.confirmed)

    def _stall(self, flight: Flight) -> SinkError | None:
        """What to say of a broker that is connected and silent: a client reports that late or never."""
        now_s = self._clock.monotonic_s()
        if flight.is_idle() or flight.arrived != self._last_answer[0]:
            self._last_answer = (flight.arrived, now_s)
        silent = now_s - self._last_answer[1] >= STALL_S
        return SinkUnavailable(f"{self._sink.description} gives no answer") if silent else None

    def _say_problem(self, problem: str, confirmed: int) -> None:
        """One line when the problem is new or another; the same one is not repeated."""
        if self._said is None:
            self._confirmed_when_said = confirmed
        if problem != self._said:
            _logger.warning("%s; capture goes on, %s", problem, self._waiting())
        self._said = problem

    def _waiting(self) -> str:
        return f"{self._outbox.waiting()} {self._name} wait"


def _described(message: Message) -> str:
    """`still 7 (123456 bytes, 640x480 pixels)`: what has to become smaller, or to fit."""
    extent = f"{len(message.payload)} bytes"
    if message.family is Family.STILL:
        try:
            width, height = size(message.payload)
        except NotJpeg:
            pass
        else:
            extent += f", {width}x{height} pixels"
    return f"{message.family} {message.seq} ({extent})"
