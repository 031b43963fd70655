"""Access units of one H.264 video in, the same with SPS and PPS in front of every keyframe out.

Numbers are of ITU-T H.264.
"""

from __future__ import annotations

from collections.abc import Iterable

from ss_camera.h264 import IDR, PPS, SLICE, SPS, nal_units

_SEI, _DELIMITER = 6, 9
_RECOVERY_POINT = 6  # an SEI's payload type: pictures are whole from here on, as from an IDR
_START = b"\x00\x00\x00\x01"


class ParameterSets:
    """Keeps the newest ones of a video. `units`: those that are known before its first access unit."""

    def __init__(self, units: Iterable[bytes] = ()) -> None:
        known = list(units)
        self._sps = [unit for unit in known if unit[0] & 31 == SPS]
        self._pps = [unit for unit in known if unit[0] & 31 == PPS]

    def complete(self, data: bytes) -> tuple[bytes, bool]:
        """What is said to be a keyframe, in Annex B form, and whether a clip can begin with it."""
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
