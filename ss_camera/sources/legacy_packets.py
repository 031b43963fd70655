"""What picamera's video encoder writes in, packets of whole access units out.

picamera hands over a frame in pieces of at most 64 KiB, and says of each piece what it belongs to
(`PiVideoFrame`, picamera 1.13 `frames.py`); SPS and PPS come as a frame of their own in front of a keyframe.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from ss_camera.clock import Clock
from ss_camera.h264 import PPS, SPS
from ss_camera.media import Packet
from ss_camera.sources.base import OnPacket

KEY_FRAME, SPS_HEADER, MOTION_DATA = 1, 2, 3
"""Of `PiVideoFrameType`; 0 is any other frame."""

_MAX_AHEAD_US = 1_000_000  # frames that were held up come at once, but none comes from the future
_NAL_TYPE = 31


class Frame(Protocol):
    """What is read of a `PiVideoFrame`. `timestamp` is in microseconds, or None where it is not known."""

    @property
    def frame_type(self) -> int: ...
    @property
    def timestamp(self) -> int | None: ...
    @property
    def complete(self) -> bool: ...


class VideoTimes:
    """The times of frames: `pts_us` by the encoder's clock, `captured_us` by their arrival.

    Where the encoder's clock gives no time, stands, goes back or runs ahead of what can have passed, the
    time between arrivals takes its place.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_us = 0
        self._pts_us: int | None = None
        self.arrived_s = clock.monotonic_s()
        """When the last frame came, in seconds of the monotonic clock."""

    def of(self, timestamp_us: int | None) -> tuple[int, int]:
        """`pts_us` and `captured_us` of a frame that begins to arrive now."""
        now_s, wall_us = self._clock.monotonic_s(), self._clock.wall_us()
        passed_us, self.arrived_s = round((now_s - self.arrived_s) * 1e6), now_s
        if self._pts_us is None:
            self._pts_us, self._offset_us = 0, -(timestamp_us or 0)
            return 0, wall_us
        step_us = None if timestamp_us is None else timestamp_us + self._offset_us - self._pts_us
        if step_us is None or not 0 < step_us <= passed_us + _MAX_AHEAD_US:
            step_us = max(1, passed_us)
            if timestamp_us is not None:
                self._offset_us = self._pts_us + step_us - timestamp_us
        self._pts_us += step_us
        return self._pts_us, wall_us


class Gate:
    """Whether what arrives is still wanted. `shut` returns when nothing is handed out any more."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.is_open = True

    def shut(self) -> None:
        """From now on all is dropped."""
        with self.lock:
            self.is_open = False


class PacketOutput:
    """A file-like object that picamera writes H.264 to. `frame` says what the bytes belong to."""

    def __init__(
        self, frame: Callable[[], Frame], times: VideoTimes, gate: Gate, on_packet: OnPacket
    ) -> None:
        self._frame = frame
        self._times = times
        self._gate = gate
        self._on_packet = on_packet
        self._headers = b""
        self._in_headers = False
        self._pieces: list[bytes] = []
        self._began_any = False
        self.last = (0, 0)
        """`pts_us` and `captured_us` of the newest frame that began."""

    def write(self, data: bytes) -> int:
        """One piece. Called by the encoder's thread."""
        frame = self._frame()
        if frame.frame_type == SPS_HEADER:
            # SPS and PPS may be written one after the other
            self._headers = self._headers + data if self._in_headers else data
            self._in_headers = True
            return len(data)
        self._in_headers = False
        if not self._pieces:
            self.last = self._times.of(frame.timestamp)
        self._pieces.append(data)
        if frame.complete:
            self._hand_out(frame.frame_type == KEY_FRAME)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back that could be."""

    def _hand_out(self, key: bool) -> None:
        data = b"".join(self._pieces)
        self._pieces.clear()
        if key and not _begins_with_headers(data):
            data = self._headers + data
        self._began_any = self._began_any or key
        with self._gate.lock:
            if self._gate.is_open and self._began_any:
                self._on_packet(Packet(data, key, *self.last))


def _begins_with_headers(data: bytes) -> bool:
    start = data.find(b"\x00\x00\x01", 0, 8)
    return start >= 0 and len(data) > start + 3 and data[start + 3] & _NAL_TYPE in (SPS, PPS)
