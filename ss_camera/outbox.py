"""Messages in from capture, out to the publisher, kept until each is confirmed; never blocks capture.

`SharedOutbox` and `MemoryOutbox` are bounded and forget with the process. A spool on disk could take the
same place: the protocol says only what both can promise.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from ss_camera.counters import Counters
from ss_camera.media import Message
from ss_camera.rare_log import RareLog


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


class Memory:
    """What several outboxes hold together, bounded in payload bytes.

    When it is full the oldest message not yet taken is dropped, whichever outbox holds it: where one
    broker is away, what waits for it makes room for what another one takes. What is taken stays counted
    against the bound, so memory is bounded whatever the brokers do.
    """

    def __init__(self, max_bytes: int, counters: Counters, rare: RareLog | None = None) -> None:
        self.lock = threading.Lock()
        """To be held for whatever is done to an outbox of this memory."""
        self.bytes = 0
        self._max_bytes = max_bytes
        self._counters = counters
        self._rare = rare
        self._queues: list[deque[Message]] = []

    def queue(self) -> deque[Message]:
        """A new queue of messages not yet taken, out of which `make_room` may drop."""
        self._queues.append(deque())
        return self._queues[-1]

    def make_room(self) -> int:
        """How many messages had to be dropped and counted."""
        dropped = 0
        while self.bytes > self._max_bytes and (queues := [each for each in self._queues if each]):
            # a camera numbers its messages in the order of their making, over all families
            oldest = min(queues, key=lambda queue: queue[0].seq).popleft()
            self.bytes -= len(oldest.payload)
            self._counters.add("dropped", reason="queue full")
            dropped += 1
        return dropped

    def say(self) -> None:
        """Log that something was dropped; not under the lock."""
        if self._rare is not None:
            self._rare.warning(
                "queue full", f"the queue of {self._max_bytes} bytes is full: the oldest messages are dropped"
            )


class SharedOutbox:
    """A queue in a `Memory` that other outboxes use as well."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._changed = threading.Condition(memory.lock)
        self._untaken = memory.queue()
        self._taken: dict[tuple[str, int], Message] = {}
        self._closed = False

    def put(self, message: Message) -> None:
        with self._changed:
            self._untaken.append(message)
            self._memory.bytes += len(message.payload)
            dropped = self._memory.make_room()
            self._changed.notify()
        if dropped:
            self._memory.say()

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
                self._memory.bytes -= len(message.payload)

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


class MemoryOutbox(SharedOutbox):
    """The only outbox of its memory."""

    def __init__(self, max_bytes: int, counters: Counters, rare: RareLog | None = None) -> None:
        super().__init__(Memory(max_bytes, counters, rare))
