"""Messages in from capture, out to the publisher, kept until each is confirmed; never blocks capture.

`MemoryOutbox` is bounded and forgets with the process. A spool on disk takes the same place: the
protocol says only what both can promise.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from ss_camera.counters import Counters, RareLog
from ss_camera.media import Message


class Outbox(Protocol):
    """What stands between capture and the publisher. All methods may be called from any thread."""

    def put(self, message: Message) -> None:
        """Accept `message`, or drop by the outbox's policy and count it; returns at once."""
        ...

    def take(self, timeout_s: float) -> Message | None:
        """The oldest message not taken yet, or None after `timeout_s` or once closed and empty."""
        ...

    def settle(self, message: Message) -> None:
        """A taken message is done with: confirmed by the broker, or refused for good."""
        ...

    def rewind(self) -> None:
        """Everything taken and not settled is to be taken again, in its old order."""
        ...

    def waiting(self) -> int:
        """How many messages are accepted and not settled."""
        ...

    def close(self) -> None:
        """Nothing more is put; wakes a waiting `take`."""
        ...


class MemoryOutbox:
    """A queue bounded in payload bytes; when it is full the oldest message not yet taken is dropped.

    What is taken stays counted against the bound, so memory is bounded whatever the broker does.
    """

    def __init__(self, max_bytes: int, counters: Counters, rare: RareLog | None = None) -> None:
        self._max_bytes = max_bytes
        self._counters = counters
        self._rare = rare
        self._changed = threading.Condition()
        self._untaken: deque[Message] = deque()
        self._taken: dict[tuple[str, int], Message] = {}
        self._bytes = 0
        self._dropped = 0
        self._closed = False

    def put(self, message: Message) -> None:
        dropped_before = self._dropped
        with self._changed:
            self._untaken.append(message)
            self._bytes += len(message.payload)
            while self._bytes > self._max_bytes and self._untaken:
                dropped = self._untaken.popleft()
                self._bytes -= len(dropped.payload)
                self._counters.add("dropped", reason="queue full")
                self._dropped += 1
            self._changed.notify()
        if self._rare is not None and self._dropped > dropped_before:
            self._rare.warning(
                "queue full", f"the queue of {self._max_bytes} bytes is full: the oldest messages are dropped"
            )

    def take(self, timeout_s: float) -> Message | None:
        with self._changed:
            if not self._untaken and not self._closed:
                self._changed.wait(timeout_s)
            if not self._untaken:
                return None
            message = self._untaken.popleft()
            self._taken[message.boot, message.seq] = message
            return message

    def settle(self, message: Message) -> None:
        with self._changed:
            if self._taken.pop((message.boot, message.seq), None) is not None:
                self._bytes -= len(message.payload)

    def rewind(self) -> None:
        with self._changed:
            self._untaken.extendleft(reversed(self._taken.values()))
            self._taken.clear()
            self._changed.notify()

    def waiting(self) -> int:
        with self._changed:
            return len(self._untaken) + len(self._taken)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
