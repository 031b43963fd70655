"""What a source's video thread gives in, to the thread that records out; bounded, and never in the way.

The callbacks of a source must not wait. Where recording falls behind, all that waits is dropped at
once and counted: a hole of known size, after which clips begin anew at a keyframe.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from ss_camera.counters import Counters
from ss_camera.media import MotionSample, Packet

MAX_BYTES = 16 * 1024 * 1024
MAX_ITEMS = 2000


@dataclass(frozen=True)
class VideoEnds:
    """No packet follows that belongs to those before."""


@dataclass(frozen=True)
class RecordNow:
    """A command: a clip of so many seconds from now, or the open one for as long at least."""

    seconds: float


VideoItem = Packet | MotionSample | VideoEnds | RecordNow


class VideoInbox:
    """A queue between two threads. `put` returns at once; `take` waits."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._changed = threading.Condition()
        self._items: deque[VideoItem] = deque()
        self._bytes = 0
        self._closed = False

    def put(self, item: VideoItem) -> None:
        """Add `item`; on overflow drop all that waits, `item` too, and say that the video ends there."""
        size = _size(item)
        with self._changed:
            if isinstance(item, RecordNow) and self._items and self._items[-1] == item:
                return  # the same command at the same moment: a burst of them must not fill the queue
            if len(self._items) >= MAX_ITEMS or self._bytes + size > MAX_BYTES:
                self._overflow()
            else:
                self._items.append(item)
                self._bytes += size
            self._changed.notify()

    def take(self, timeout_s: float) -> VideoItem | None:
        """The oldest item, or None after `timeout_s` or once closed and empty."""
        with self._changed:
            if not self._items and not self._closed:
                self._changed.wait(timeout_s)
            if not self._items:
                return None
            item = self._items.popleft()
            self._bytes -= _size(item)
            return item

    def close(self) -> None:
        """Nothing more is put; wakes a waiting `take`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def is_done(self) -> bool:
        """Whether it is closed and empty."""
        with self._changed:
            return self._closed and not self._items

    def _overflow(self) -> None:
        self._counters.add("video dropped", len(self._items) + 1)
        self._items = deque([VideoEnds()])
        self._bytes = 0


def _size(item: VideoItem) -> int:
    if isinstance(item, Packet):
        return len(item.data)
    if isinstance(item, MotionSample):
        return sum(int(plane.nbytes) for plane in (item.luma, item.vectors) if plane is not None)
    return 0
