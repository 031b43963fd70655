"""Packets of a stream in, the moment at which each one counts as taken out."""

from __future__ import annotations

from dataclasses import dataclass

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.clock import Clock


@dataclass(frozen=True)
class Moment:
    """`due_s` on the monotonic clock, in seconds; `wall_us` the same in microseconds since 1970 UTC."""

    due_s: float
    wall_us: int


def now(clock: Clock) -> Moment:
    """A live packet was taken when it arrived: no source of ours knows better."""
    return Moment(clock.monotonic_s(), clock.wall_us())


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
