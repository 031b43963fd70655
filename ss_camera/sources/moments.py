"""Packets of a stream in, the moment at which each one counts as taken out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.clock import Clock

_AHEAD_US = 1_000_000  # what was held up on the way comes at once, but nothing comes from the future


@dataclass(frozen=True)
class Moment:
    """`due_s` on the monotonic clock, in seconds; `wall_us` the same in microseconds since 1970 UTC.

    `pts_us` is the time of the picture in its video, in microseconds from the first one on.
    `in_turn`: the container may have numbered its packets in the order they are decoded, so that
    the moment belongs to whichever picture comes out in this one's turn.
    """

    due_s: float
    wall_us: int
    pts_us: int = 0
    in_turn: bool = False


class LiveTimes:
    """Of a live stream, `due_s` and `wall_us` are of arrival: no source of ours knows better.

    `pts_us` follows the camera's clock, so that a hitch of the network is none in the video; where that
    stands, goes back, or jumps ahead of what can have passed, the time between arrivals takes its place.
    `trusted`: whether the stream has a clock; FFmpeg makes one up for multipart JPEG.
    """

    def __init__(self, clock: Clock, *, trusted: bool) -> None:
        self._clock = clock
        self._trusted = trusted
        self._due_s: float | None = None
        self._decode_us = 0
        self._offset_us = 0

    def moment(self, packet: Packet[VideoStream]) -> Moment:
        """Of a packet that has arrived now; call it once for each, in order."""
        due_s, wall_us = self._clock.monotonic_s(), self._clock.wall_us()
        arrived_us = 0 if self._due_s is None else round((due_s - self._due_s) * 1e6)
        self._due_s, first = due_s, self._due_s is None
        # decoding times: they grow, whatever the order of the pictures is
        time = packet.dts if packet.dts is not None else packet.pts
        stream_us = round(time * packet.time_base * 1_000_000) if self._trusted and time is not None else None
        step_us = None if stream_us is None else stream_us + self._offset_us - self._decode_us
        if first or step_us is None or not 0 < step_us <= arrived_us + _AHEAD_US:
            step_us = 0 if first else max(1, arrived_us)
            self._offset_us = self._decode_us + step_us - (stream_us or 0)
        self._decode_us += step_us
        return Moment(due_s, wall_us, self._decode_us + (_reorder_us(packet) if self._trusted else 0))


_LEAD_FRAMES = 2
"""How far B-frames are read ahead where no time tells how far: x264's reordering by default."""
_MAX_GAP_S = 3600.0
"""Recordings may pause; nobody waits for hours to see the rest."""
_MAX_REORDER_FRAMES = 16
"""H.264's and HEVC's bound: no picture is decoded longer before it is shown (max_dec_frame_buffering)."""


@dataclass(frozen=True)
class Due:
    """When a packet is to be decoded and when its picture is shown, in seconds on the monotonic clock."""

    decode_s: float
    shown_s: float
    in_turn: bool


class Playback:
    """When each packet of a video whose first picture is shown at `start_s` is due.

    Decoding times (dts) pace the packets and are never decreasing; a picture is shown at its own
    (pts). A backward jump of dts is a badly joined file, and one forward of more than an hour too, or a
    damaged one: it plays on. `reordered`: it has B-frames.

    Matroska keeps pts alone, and FFmpeg knows no dts before it has seen as many packets as are
    reordered. AVI and raw streams keep no pts: FFmpeg's guess for AVI counts the packets as they are
    decoded. A pts that falls is the proof of a real one.
    """

    def __init__(self, start_s: float, frame_s: float, reordered: bool) -> None:
        self._start_s = start_s
        self._frame_s = frame_s
        self._in_turn = reordered
        self._first: float | None = None
        self._last: float | None = None
        self._highest = -math.inf
        self.end_s = start_s
        """When the last picture so far has been shown for its time."""

    def place(self, packet: Packet[VideoStream]) -> Due:
        """When the packet is due; call it once for each, in order."""
        pts, dts = _seconds(packet, packet.pts), _seconds(packet, packet.dts)
        if pts is None and dts is None:  # a raw stream has no times: one frame after the other
            dts = 0.0 if self._last is None else self._last + self._frame_s
        if pts is not None:
            self._in_turn = self._in_turn and pts >= self._highest
            self._highest = max(self._highest, pts)
            shown = pts
        else:
            shown = dts or 0.0
        if self._first is None:
            self._first = shown
        if dts is None:
            decode = shown - _MAX_REORDER_FRAMES * self._frame_s
        else:
            if self._last is not None and not 0 <= dts - self._last <= _MAX_GAP_S:
                self._first += dts - self._last - self._frame_s
                self._highest = shown
            self._last = dts
            decode = dts - (_LEAD_FRAMES * self._frame_s if self._in_turn else 0.0)
        offset_s = self._start_s - self._first
        due = Due(max(self._start_s, decode + offset_s), shown + offset_s, self._in_turn)
        self.end_s = max(self.end_s, due.shown_s + self._frame_s)
        return due


def _seconds(packet: Packet[VideoStream], time: int | None) -> float | None:
    return None if time is None else float(time * packet.time_base)


def _reorder_us(packet: Packet[VideoStream]) -> int:
    """What the stream puts between decoding a picture and showing it."""
    if packet.dts is None or packet.pts is None:
        return 0
    return round((packet.pts - packet.dts) * packet.time_base * 1_000_000)
