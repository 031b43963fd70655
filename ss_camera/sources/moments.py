"""Packets of a stream in, the moment at which each one counts as taken out."""

from __future__ import annotations

from dataclasses import dataclass

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.clock import Clock

_AHEAD_US = 1_000_000  # what was held up on the way comes at once, but nothing comes from the future


@dataclass(frozen=True)
class Moment:
    """`due_s` on the monotonic clock, in seconds; `wall_us` the same in microseconds since 1970 UTC.

    `pts_us` is the time of the picture in its video, in microseconds from the first one on.
    """

    due_s: float
    wall_us: int
    pts_us: int = 0


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


class Playback:
    """When each packet of a video that begins at `start_s` is to be decoded, and its picture shown.

    Decoding times (dts) pace the packets: they are never decreasing, and the decoder gives each
    picture in time for its own (pts). A backward jump is a badly joined file; it plays on.
    """

    def __init__(self, start_s: float, frame_s: float) -> None:
        self._start_s = start_s
        self._frame_s = frame_s
        self._first: float | None = None
        self._last = 0.0
        self.end_s = start_s
        """When the last picture so far has been shown for its time."""

    def decode_s(self, packet: Packet[VideoStream]) -> float:
        """When the packet is due on the monotonic clock; call it once for each, in order."""
        seconds = _seconds(packet, packet.dts if packet.dts is not None else packet.pts)
        if self._first is None:
            self._first = seconds or 0.0
            seconds = self._first
        elif seconds is None:  # a raw stream has no times: one frame after the other
            seconds = self._last + self._frame_s
        elif seconds < self._last:
            self._first += seconds - self._last - self._frame_s
        self._last = seconds
        return self._start_s + seconds - self._first

    def show_s(self, packet: Packet[VideoStream], decode_s: float) -> float:
        """When its picture is due: `decode_s` and what the stream puts between the two."""
        shown_s = decode_s
        if packet.dts is not None and packet.pts is not None:
            shown_s += float((packet.pts - packet.dts) * packet.time_base)
        self.end_s = max(self.end_s, shown_s + self._frame_s)
        return shown_s


def _seconds(packet: Packet[VideoStream], time: int | None) -> float | None:
    return None if time is None else float(time * packet.time_base)


def _reorder_us(packet: Packet[VideoStream]) -> int:
    """What the stream puts between decoding a picture and showing it."""
    if packet.dts is None or packet.pts is None:
        return 0
    return round((packet.pts - packet.dts) * packet.time_base * 1_000_000)
