"""Data and the packet it comes from in, a packet with the same times and memory of its own out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av
from av.packet import Packet
from av.video.stream import VideoStream

if TYPE_CHECKING:  # a Packet takes no type at run time
    StreamPacket = Packet[VideoStream]


def packet_of(data: StreamPacket | bytes, like: StreamPacket) -> StreamPacket:
    """A copy of `data` with the times and the key flag of `like`.

    FFmpeg's own allocation has the padding behind the data that its decoders read into; PyAV's packet of
    `bytes` has not.
    """
    own = cast("StreamPacket", av.Packet(data.size if isinstance(data, Packet) else len(data)))
    own.update(data)  # type: ignore[arg-type]  # takes any buffer, and a packet is one
    own.time_base, own.is_keyframe = like.time_base, like.is_keyframe
    own.pts, own.dts = like.pts, like.dts
    return own
