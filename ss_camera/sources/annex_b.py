"""Packets of a stream that is H.264 already in, the same in the form that clips take out.

The decoder's record (avcC) of containers like MP4 is ISO/IEC 14496-15, 5.3.3.1.
"""

from __future__ import annotations

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.h264 import nal_units
from ss_camera.sources.parameter_sets import ParameterSets

_START = b"\x00\x00\x00\x01"


class AnnexB:
    """One stream. Every NAL unit stays byte for byte; parameter sets are added where a keyframe has none."""

    def __init__(self, stream: VideoStream) -> None:
        head = stream.codec_context.extradata or b""
        # the record begins with its version, 1; Annex B begins with a zero
        self._length_bytes = (head[4] & 3) + 1 if len(head) > 6 and head[0] == 1 else 0
        units = _record_units(head) if self._length_bytes else list(nal_units(head))
        self._sets = ParameterSets(units)

    def convert(self, packet: Packet[VideoStream]) -> tuple[bytes, bool]:
        """The access unit, and whether it is a keyframe that a clip can begin with."""
        data = bytes(packet)
        if self._length_bytes:
            data = b"".join(_START + unit for unit in _prefixed(data, self._length_bytes))
        if not packet.is_keyframe:
            return data, False
        return self._sets.complete(data)


def _prefixed(data: bytes, length_bytes: int) -> list[bytes]:
    """NAL units that stand behind their lengths; what a broken file promises too much is left out."""
    units, at = [], 0
    while at + length_bytes < len(data):
        length = int.from_bytes(data[at : at + length_bytes], "big")
        at += length_bytes
        if length:
            units.append(data[at : at + length])
        at += length
    return units


def _record_units(record: bytes) -> list[bytes]:
    """The parameter sets of an avcC."""
    units, at = [], 5
    for mask in (0x1F, 0xFF):
        if at >= len(record):
            break
        count = record[at] & mask
        at += 1
        for _ in range(count):
            length = int.from_bytes(record[at : at + 2], "big")
            units.append(record[at + 2 : at + 2 + length])
            at += 2 + length
    return [unit for unit in units if unit]
