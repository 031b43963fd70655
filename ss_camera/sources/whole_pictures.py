"""Packets of a live H.264 stream in, packets of one whole picture each out, with their moments.

A server may put parameter sets in front of every slice of a keyframe (GStreamer's, where the encoder
makes several slices); FFmpeg takes each for the begin of a picture, and cuts it into pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.errors import CameraError
from ss_camera.h264 import IDR, SLICE, nal_units
from ss_camera.sources.moments import LiveTimes, Moment
from ss_camera.sources.packet_memory import packet_of

if TYPE_CHECKING:  # a Packet takes no type at run time
    StreamPacket = Packet[VideoStream]


def whole_pictures(
    packets: Iterable[StreamPacket], times: LiveTimes
) -> Iterator[tuple[StreamPacket, Moment]]:
    """Each keyframe is held until the next packet shows that it was whole: a frame's time, once a GOP."""
    held: tuple[StreamPacket, Moment] | None = None
    try:
        for packet in packets:
            if held is not None and _goes_on(bytes(packet)):
                held = packet_of(bytes(held[0]) + bytes(packet), held[0]), held[1]
                continue
            moment = times.moment(packet)
            if held is not None:
                yield held
            held = (packet, moment) if packet.is_keyframe else None
            if held is None:
                yield packet, moment
    except CameraError:
        if held is not None:
            yield held
        raise
    if held is not None:
        yield held


def _goes_on(data: bytes) -> bool:
    """Whether the first slice goes on with a picture: its first macroblock is not number 0 (7.4.3)."""
    for unit in nal_units(data):
        if unit[0] & 31 in (SLICE, IDR):
            return len(unit) > 1 and not unit[1] & 0x80  # 0 is a single bit, 1 (9.1)
    return False
