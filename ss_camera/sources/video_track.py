"""A stream's packets in; what stills need kept, and while video runs what it is made of handed on."""

from __future__ import annotations

import threading

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.media import Still
from ss_camera.sources.moments import Moment
from ss_camera.sources.tracks import Track
from ss_camera.sources.video_feed import VideoFeed

_STOP_S = 0.5


class VideoTrack:
    """A `Track` around the one for stills: both sides look at one decoder, and no packet is decoded twice."""

    def __init__(self, stills: Track) -> None:
        self.last_s = 0.0
        """When the last packet came, on the monotonic clock."""
        self._stills = stills
        self._feed: VideoFeed | None = None
        self._lock = threading.Lock()  # held while a packet is handed on

    @property
    def feed(self) -> VideoFeed | None:
        """The running video."""
        return self._feed

    def start(self, feed: VideoFeed, now_s: float) -> None:
        """From the next packet on."""
        with self._lock:
            self.last_s = now_s
            self._feed = feed

    def stop(self) -> None:
        """Nothing is handed on after this has returned."""
        # bounded: the caller is closing, and a callback that blocks must not hold it
        held = self._lock.acquire(timeout=_STOP_S)
        self._feed = None
        if held:
            self._stills.watch(None)
            self._lock.release()

    def put(self, packet: Packet[VideoStream], moment: Moment) -> None:
        with self._lock:
            self.last_s = moment.due_s
            feed = self._feed
            if feed is not None:
                feed.packet(packet, moment)
            self._stills.watch(feed.frame if feed is not None and feed.needs_frames else None)
            self._stills.put(packet, moment)

    def end(self) -> None:
        with self._lock:
            self._stills.end()

    def after(self, asked_s: float) -> tuple[Still, float] | None:
        return self._stills.after(asked_s)

    def held(self) -> int:
        return self._stills.held()
