"""Readers of the families in, one feed of all out, begun in such an order that what is missing really is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from ss_camera.clock import Clock
from ss_camera.media import Family
from viewer.cameras import Cameras
from viewer.feed import Feed, Listener, Taker, Turn
from viewer.reader import ViewerReader

ORDER_S = 3.0
"""How long one feed waits for another to take its place first."""
SETTLE_S = 5.0
"""How long the end of a count waits for what other topics still hold."""
HOLD_S = 3.0
"""So long after stills are read a camera's first still opens its count; then any message does."""
_TICK_S = 0.05

MakeReader = Callable[[], ViewerReader]


class Feeds:
    """One feed a family. The feed of stills is the one whose connection is shown.

    The numbers of a camera run over all its topics. So that none counts as missing which was sent where
    nobody listened yet, feeds take their places in order: at the topics' ends clips and events first, and a
    camera's count begins with a still; at the beginnings stills first.

    `sees_all`: whether the readers are of all topics that the cameras publish to.
    """

    def __init__(
        self,
        readers: Mapping[Family, MakeReader],
        cameras: Cameras,
        clock: Clock,
        *,
        from_beginning: bool = False,
        limit: int | None = None,
        sees_all: bool = True,
    ) -> None:
        self.cameras = cameras
        cameras.sees_all = self._sees_all = sees_all
        self._clock = clock
        self.from_beginning = from_beginning
        self.ending = False
        self._feeds = {
            family: Feed(
                make_reader,
                cameras,
                clock,
                from_beginning=from_beginning,
                limit=limit if family is Family.STILL else None,
                turn=_StillsTurn(self) if family is Family.STILL else _OtherTurn(self),
                name=f"feed of {family.value}s",
            )
            for family, make_reader in readers.items()
        }
        self._stills = self._feeds[Family.STILL]
        self._others = [feed for feed in self._feeds.values() if feed is not self._stills]
        if self._others and not from_beginning:
            cameras.hold()

    @property
    def connected(self) -> bool:
        """Whether stills are read: what is sent from now on is seen."""
        return self._stills.connected

    @property
    def status(self) -> str:
        """The state of the connection as a phrase for people."""
        return self._stills.status

    def statuses(self) -> dict[str, str]:
        """The same of each family."""
        return {family.value: feed.status for family, feed in self._feeds.items()}

    def listen(self, listener: Listener) -> None:
        """Call `listener` with each newest picture; before `start` only."""
        self._stills.listen(listener)

    def hand_to(self, taker: Taker) -> None:
        """Call `taker` with each message that did not come before; before `start` only."""
        for feed in self._feeds.values():
            feed.hand_to(taker)

    def start(self) -> None:
        """Begin to read."""
        for feed in self._feeds.values():
            feed.start()

    def stop(self) -> None:
        """Stop reading and wait for the threads, once."""
        self.ending = True
        for feed in self._feeds.values():
            feed.end()
        for feed in self._feeds.values():
            feed.stop()

    def settle(self, stop: threading.Event) -> None:
        """Wait until the topics beside that of stills have been read to their ends, within bounds."""
        before = [(feed, feed.silences) for feed in self._others]
        end_s = self._clock.monotonic_s() + SETTLE_S
        while self._clock.monotonic_s() < end_s:
            if self.cameras.sees_all and not self.cameras.missing:
                return
            if all(feed.silences > silences for feed, silences in before):
                return
            if self._clock.wait(stop, _TICK_S):
                return

    def has_placed(self, *, late: bool) -> None:
        """One more has its place; `late`, it was not waited for."""
        if not all(feed.placed.is_set() for feed in self._feeds.values()):
            return
        if late and not self.from_beginning:  # what it would have seen until now is not missing
            self.cameras.forget_gaps()
        self.cameras.sees_all = self._sees_all

    def wait_for_others(self, stop: threading.Event) -> None:
        """Until each of them has its place or cannot take it now."""
        self._wait(lambda: all(feed.tried.is_set() for feed in self._others), stop)

    def wait_for_stills(self, stop: threading.Event) -> None:
        """Until they are read, or cannot be now."""
        stills = self._stills
        self._wait(lambda: stills.heard.is_set() or (stills.tried.is_set() and not stills.connected), stop)

    def _wait(self, holds: Callable[[], bool], stop: threading.Event) -> None:
        end_s = self._clock.monotonic_s() + ORDER_S
        while not holds() and self._clock.monotonic_s() < end_s:
            if self._clock.wait(stop, _TICK_S):
                return


class _StillsTurn(Turn):
    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds

    def wait(self, stop: threading.Event) -> None:
        if not self._feeds.from_beginning:
            self._feeds.wait_for_others(stop)

    def placed(self) -> None:
        self._feeds.has_placed(late=False)

    def heard(self) -> None:
        if not self._feeds.from_beginning:
            self._feeds.cameras.hold(HOLD_S)


class _OtherTurn(Turn):
    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds

    def wait(self, stop: threading.Event) -> None:
        if self._feeds.from_beginning:
            self._feeds.wait_for_stills(stop)

    def placed(self) -> None:
        self._feeds.has_placed(late=True)

    def failed(self) -> None:
        # a number that does not come may be in a topic that is not read
        self._feeds.cameras.sees_all = False

    def speaks(self, *, connected: bool) -> bool:
        # a broker that is away, and the end, are said once, by the feed of stills
        return self._feeds.connected and not connected and not self._feeds.ending
