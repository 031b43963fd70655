"""A broker's messages in, newest pictures and counts out: the thread that reads until it is stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ss_camera.clock import Clock
from ss_camera.rare_log import RareLog
from viewer.cameras import Cameras, Frame
from viewer.reader import Unreadable, ViewerReader, seek, sentence

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
OPENING_WAIT_S = 0.5
"""How long `stop` waits for a client that still looks for its broker."""

Listener = Callable[[Frame], None]
"""Called on the reading thread with each newest picture: it may only set a flag or a slot."""

_logger = logging.getLogger(__name__)


class Feed:
    """Reads one subscription into `cameras`; opens it again with back-off whenever it fails.

    `make_reader` gives a new reader, not yet open, each time it is called. After `limit` unique pictures
    it takes no further message.
    """

    def __init__(
        self,
        make_reader: Callable[[], ViewerReader],
        cameras: Cameras,
        clock: Clock,
        *,
        from_beginning: bool = False,
        limit: int | None = None,
    ) -> None:
        self.cameras = cameras
        self._make_reader = make_reader
        self._clock = clock
        self._from_beginning = from_beginning
        self._limit = float("inf") if limit is None else limit
        self._placed = False
        self._stop = threading.Event()
        self._listeners: list[Listener] = []
        self._rare_log = RareLog(_logger, clock, 60.0)
        self._opened = False
        self._stopped = False
        self._connected = False
        self._status = "connecting"
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

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

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

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
            except Exception as error:  # noqa: BLE001 - the thread's edge: each broker client has a tree of its own
                self._opened = False
                if self._connected:
                    wait_s = FIRST_WAIT_S
                self._say(connected=False, status=f"no connection, trying again: {sentence(error)}")
                self._clock.wait(self._stop, wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._say(connected=False, status="stopped")

    def _read(self) -> None:
        """Open a reader and read until `stop`, or until the client raises."""
        reader = self._make_reader()
        with reader:
            self._opened = True
            # a reader opened anew goes on where its group stood, else at the topic's end
            if self._from_beginning or not self._placed:
                seek(reader, to_beginning=self._from_beginning)
                self._placed = True
            self._say(connected=True, status=f"connected: {reader.description}")
            while not self._stop.is_set():
                self._follow(reader)
                self._watch(reader)

    def _follow(self, reader: ViewerReader) -> None:
        """Take messages until the topic falls silent for a moment."""
        for message in reader:
            self._take(message)
            if self.cameras.received >= self._limit:
                self._stop.set()
            if self._stop.is_set():
                return

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
        frame = self.cameras.take(message.value, message.topic, message.timestamp_us)  # type: ignore[attr-defined]
        if isinstance(frame, str):
            self._rare_log.warning("foreign", f"a message was skipped: {frame}")
        elif frame is not None:
            for listener in self._listeners:
                listener(frame)

    def _say(self, *, connected: bool, status: str) -> None:
        """Remember the state, and log it where it changed."""
        if status != self._status:
            _logger.log(logging.INFO if connected or self._stop.is_set() else logging.WARNING, "%s", status)
        self._connected, self._status = connected, status
