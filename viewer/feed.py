"""A broker's messages in, newest pictures and counts out: the thread that reads until it is stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.rare_log import RareLog
from viewer.cameras import Cameras, Frame, Received
from viewer.reader import NoTopicYet, Unreadable, ViewerReader, seek, sentence

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
LOOK_S = 2.0
"""Seconds between two looks for a topic that does not exist yet."""
OPENING_WAIT_S = 0.5
"""How long `stop` waits for a client that still looks for its broker."""

Listener = Callable[[Frame], None]
"""Called on the reading thread with each newest picture: it may only set a flag or a slot."""
Taker = Callable[[Received], None]
"""Called on the reading thread with each message that did not come before: it may only queue it."""

_logger = logging.getLogger(__name__)


class Turn:
    """When a feed may take its place, and what it says, where it is one of several."""

    def wait(self, stop: threading.Event) -> None:
        """Return once the feed may take its place, or `stop` is set."""

    def placed(self) -> None:
        """The feed has its place for the first time."""

    def failed(self) -> None:
        """The feed could not take its place."""

    def heard(self) -> None:
        """It has read something for the first time, or found the topic silent."""

    def speaks(self, *, connected: bool) -> bool:
        """Whether a new state is worth a line in the log."""
        return True


class Feed:
    """Reads one subscription into `cameras`; opens it again with back-off whenever it fails.

    `make_reader` gives a new reader, not yet open, each time it is called. After `limit` unique pictures
    it takes no further message. `tried`, `placed` and `heard` are set once it has failed or has its place,
    has its place, and has read something or found the topic silent.
    """

    def __init__(
        self,
        make_reader: Callable[[], ViewerReader],
        cameras: Cameras,
        clock: Clock,
        *,
        from_beginning: bool = False,
        limit: int | None = None,
        turn: Turn | None = None,
        name: str = "feed",
    ) -> None:
        self.cameras = cameras
        self.tried, self.placed, self.heard = (threading.Event() for _ in range(3))
        self.silences = 0
        """How often the topic fell silent: then all that was sent has been read."""
        self._make_reader = make_reader
        self._clock = clock
        self._from_beginning = from_beginning
        self._limit = float("inf") if limit is None else limit
        self._turn = turn or Turn()
        self._stop = threading.Event()
        self._listeners: list[Listener] = []
        self._takers: list[Taker] = []
        self._rare_log = RareLog(_logger, clock, 60.0)
        self._opened = False
        self._stopped = False
        self._connected = False
        self._status = "connecting"
        self._said = "connecting"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def connected(self) -> bool:
        """Whether a reader is open and stands at its place: what is sent from now on is seen."""
        return self._connected

    @property
    def status(self) -> str:
        """The state of the connection as a phrase for people."""
        return self._status

    def listen(self, listener: Listener) -> None:
        """Call `listener` with each newest picture; before `start` only."""
        self._listeners.append(listener)

    def hand_to(self, taker: Taker) -> None:
        """Call `taker` with each message that did not come before; before `start` only."""
        self._takers.append(taker)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def end(self) -> None:
        """Take no further message; `stop` waits for it."""
        self._stop.set()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Stop reading and wait for the thread, once. A client that hangs in its library is left behind."""
        self._stop.set()
        if self._thread.ident is None or self._stopped:  # it was never started, or was waited for
            return
        self._stopped = True
        self._thread.join(OPENING_WAIT_S)
        if self._opened:  # a try to connect holds nothing that is worth waiting for
            self._thread.join(timeout_s)
        if self._opened and self._thread.is_alive():
            _logger.warning("the thread %s did not stop within %.0f s", self._thread.name, timeout_s)

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                self._read()
            except NoTopicYet as absent:
                # made from now on, all that is in it is new
                self._from_beginning = True
                self._take_place()
                self._say(connected=True, status=f"waiting for {absent}")
                self._clock.wait(self._stop, LOOK_S)
            except Exception as error:  # noqa: BLE001 - the thread's edge: each broker client has a tree of its own
                self._opened = False
                if self._connected:
                    wait_s = FIRST_WAIT_S
                self._say(connected=False, status=f"no connection, trying again: {sentence(error)}")
                if not self.placed.is_set():
                    self._turn.failed()
                self.tried.set()
                self._clock.wait(self._stop, wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._say(connected=False, status="stopped")

    def _read(self) -> None:
        """Open a reader and read until `stop`, or until the client raises."""
        reader = self._make_reader()
        with reader:
            self._opened = True
            # a reader opened anew goes on where its group stood, else at the topic's end
            if self._from_beginning or not self.placed.is_set():
                self._turn.wait(self._stop)
                seek(reader, to_beginning=self._from_beginning)
                self._take_place()
            self._say(connected=True, status=f"connected: {reader.description}")
            while not self._stop.is_set():
                self._follow(reader)
                self._watch(reader)

    def _take_place(self) -> None:
        first = not self.placed.is_set()
        self.placed.set()
        self.tried.set()
        if first:
            self._turn.placed()

    def _hear(self) -> None:
        if not self.heard.is_set():
            self.heard.set()
            self._turn.heard()

    def _follow(self, reader: ViewerReader) -> None:
        """Take messages until the topic falls silent for a moment."""
        for message in reader:
            self._take(message)
            self._hear()
            if self.cameras.received >= self._limit:
                self._stop.set()
            if self._stop.is_set():
                return
        self.silences += 1
        self._hear()

    def _watch(self, reader: ViewerReader) -> None:
        problem = reader.problem()
        if problem:
            self._say(connected=False, status=f"no connection, waiting: {problem}")
        else:
            self._say(connected=True, status=f"connected: {reader.description}")

    def _take(self, message: object) -> None:
        if isinstance(message, Unreadable):
            self.cameras.refuse()
            kind = "encrypted" if message.encrypted else "foreign"
            self._rare_log.warning(kind, f"a message on topic {message.topic} was skipped: {message.reason}")
            return
        value, topic, timestamp_us = message.value, message.topic, message.timestamp_us  # type: ignore[attr-defined]
        received = self.cameras.receive(value, topic, timestamp_us)
        if isinstance(received, str):
            self._rare_log.warning("foreign", f"a message was skipped: {received}")
        elif received is not None:
            for taker in self._takers:
                taker(received)
            for listener in self._listeners if received.frame else ():
                listener(received.frame)  # type: ignore[arg-type]  # it is one: the line above

    def _say(self, *, connected: bool, status: str) -> None:
        """Remember the state, and log it where it changed."""
        self._connected, self._status = connected, status
        if status != self._said and self._turn.speaks(connected=connected):
            self._said = status
            level = logging.INFO if connected or self._stop.is_set() else logging.WARNING
            _logger.log(level, "%s", status)
