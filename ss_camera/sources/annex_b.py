"""Packets of a stream that is H.264 already in, the same in the form that clips take out.

Numbers are of ITU-T H.264; the decoder's record (avcC) of containers like MP4 is ISO/IEC 14496-15, 5.3.3.1.
"""

from __future__ import annotations

from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.h264 import IDR, PPS, SLICE, SPS, nal_units

_SEI, _DELIMITER = 6, 9
_RECOVERY_POINT = 6  # an SEI's payload type: pictures are whole from here on, as from an IDR
_START = b"\x00\x00\x00\x01"


class AnnexB:
    """One stream. Every NAL unit stays byte for byte; parameter sets are added where a keyframe has none."""

    def __init__(self, stream: VideoStream) -> None:
        head = stream.codec_context.extradata or b""
        # the record begins with its version, 1; Annex B begins with a zero
        self._length_bytes = (head[4] & 3) + 1 if len(head) > 6 and head[0] == 1 else 0
        units = _record_units(head) if self._length_bytes else list(nal_units(head))
        self._sps = [unit for unit in units if unit[0] & 31 == SPS]
        self._pps = [unit for unit in units if unit[0] & 31 == PPS]

    def convert(self, packet: Packet[VideoStream]) -> tuple[bytes, bool]:
        """The access unit, and whether it is a keyframe that a clip can begin with."""
        data = bytes(packet)
        if self._length_bytes:
            data = b"".join(_START + unit for unit in _prefixed(data, self._length_bytes))
        if not packet.is_keyframe:
            return data, False
        return self._keyframe(data)

    def _keyframe(self, data: bytes) -> tuple[bytes, bool]:
        head: list[bytes] = []
        kind = 0
        for unit in nal_units(data):
            kind = unit[0] & 31
            if kind in (SLICE, IDR):
                break
            head.append(unit)
        sps = [unit for unit in head if unit[0] & 31 == SPS]
        pps = [unit for unit in head if unit[0] & 31 == PPS]
        recovers = any(unit[0] & 31 == _SEI and unit[1:2] == bytes([_RECOVERY_POINT]) for unit in head)
        self._sps, self._pps = sps or self._sps, pps or self._pps
        # some drivers call every frame a keyframe
        if not (kind == IDR or sps or recovers) or not self._sps or not self._pps:
            return data, False
        if sps and pps:
            return data, True
        missing = b"".join(_START + unit for unit in (*self._sps, *self._pps))
        if head and head[0][0] & 31 == _DELIMITER:  # it stays first (7.4.1.2.3)
            behind = data.find(head[0]) + len(head[0])
            return data[:behind] + missing + data[behind:], True
        return missing + data, True


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
