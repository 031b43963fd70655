"""Frames of one H.264 video in, boxes of a fragmented MP4 out (ISO/IEC 14496-12 and -15): bytes to bytes.

Times count microseconds: the track's timescale is 1,000,000, so that no rounding is ever needed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from ss_camera.h264 import PPS, SPS, VideoFormat, nal_units

TIMESCALE = 1_000_000
FRAGMENT_BYTES = 96
"""What a fragment costs beside its frames."""
FRAME_BYTES = 12
"""What each frame in a fragment costs beside its own bytes."""
MAX_DURATION_US = 2**32 - 1

_TRACK = 1
_KEY = 0x02000000  # depends on no other frame
_NOT_KEY = 0x01010000  # depends on others, no place to begin
_ONE = 0x10000
_MATRIX = struct.pack(">9i", _ONE, 0, 0, 0, _ONE, 0, 0, 0, 0x40000000)


@dataclass(frozen=True)
class Frame:
    """One frame as it stands in an MP4: NAL units behind their lengths, without parameter sets."""

    data: bytes
    key: bool
    duration_us: int


def box(kind: bytes, *content: bytes) -> bytes:
    """One box: length, four letters, content."""
    size = 8 + sum(map(len, content))
    return b"".join((struct.pack(">I4s", size, kind), *content))


def frame_data(access_unit: bytes) -> bytes:
    """Annex B to lengths of four bytes; SPS and PPS stand in the init segment and are left out."""
    pieces: list[bytes] = []
    for unit in nal_units(access_unit):
        if unit[0] & 31 not in (SPS, PPS):
            pieces += (len(unit).to_bytes(4, "big"), unit)
    return b"".join(pieces)


def init_segment(video: VideoFormat, turn: int = 0) -> bytes:
    """`ftyp moov`: all that a player must have before the first fragment.

    `turn`: by so many degrees clockwise, 0, 90, 180 or 270, it is to turn the picture.
    """
    moov = box(
        b"moov", _mvhd(), _trak(video, turn), box(b"mvex", _full(b"trex", 0, 0, ">5I", _TRACK, 1, 0, 0, 0))
    )
    return box(b"ftyp", b"iso6", struct.pack(">I", 0x200), b"iso6", b"avc1", b"mp41") + moov


def fragment(number: int, start_us: int, frames: Sequence[Frame]) -> bytes:
    """`moof mdat` of at least one frame. `number` counts from 1; `start_us` is when it begins in the clip."""
    rows = b"".join(
        struct.pack(">3I", frame.duration_us, len(frame.data), _KEY if frame.key else _NOT_KEY)
        for frame in frames
    )
    data_offset = FRAGMENT_BYTES + len(rows)
    trun = _full(b"trun", 0, 0x000701, ">II", len(frames), data_offset, rest=rows)
    tfhd = _full(b"tfhd", 0, 0x020000, ">I", _TRACK)  # offsets count from the moof
    traf = box(b"traf", tfhd, _full(b"tfdt", 1, 0, ">Q", start_us), trun)
    moof = box(b"moof", _full(b"mfhd", 0, 0, ">I", number), traf)
    return moof + box(b"mdat", *(frame.data for frame in frames))


def _full(kind: bytes, version: int, flags: int, layout: str, *values: int, rest: bytes = b"") -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), struct.pack(layout, *values), rest)


def _mvhd() -> bytes:
    # no creation time, no duration yet; rate 1.0, volume 1.0
    head = struct.pack(">4I I H 10x", 0, 0, TIMESCALE, 0, 0x10000, 0x100)
    return _full(b"mvhd", 0, 0, "", rest=head + _MATRIX + bytes(24) + struct.pack(">I", _TRACK + 1))


def _turning(video: VideoFormat, turn: int) -> bytes:
    """The track's matrix (14496-12, 6.2.2, 8.3.2): point (x, y) is shown at (ax + cy + tx, bx + dy + ty).

    The shift brings the turned picture's left top corner back to (0, 0).
    """
    across, down = video.width << 16, video.height << 16
    a, b, c, d, x, y = {
        0: (_ONE, 0, 0, _ONE, 0, 0),
        90: (0, _ONE, -_ONE, 0, down, 0),
        180: (-_ONE, 0, 0, -_ONE, across, down),
        270: (0, -_ONE, _ONE, 0, 0, across),
    }[turn]
    return struct.pack(">9i", a, b, 0, c, d, 0, x, y, 0x40000000)


def _trak(video: VideoFormat, turn: int) -> bytes:
    place = struct.pack(">5I 8x 4H", 0, 0, _TRACK, 0, 0, 0, 0, 0, 0)
    size = struct.pack(">II", video.width << 16, video.height << 16)
    tkhd = _full(b"tkhd", 0, 3, "", rest=place + _turning(video, turn) + size)  # 3: enabled, in the movie
    mdhd = _full(b"mdhd", 0, 0, ">4I 2H", 0, 0, TIMESCALE, 0, 0x55C4, 0)  # language: undetermined
    hdlr = _full(b"hdlr", 0, 0, ">I", 0, rest=b"vide" + bytes(12) + b"ss-camera\0")
    dinf = box(b"dinf", _full(b"dref", 0, 0, ">I", 1, rest=_full(b"url ", 0, 1, "")))
    minf = box(b"minf", _full(b"vmhd", 0, 1, ">4H", 0, 0, 0, 0), dinf, _stbl(video))
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf))


def _stbl(video: VideoFormat) -> bytes:
    no_frames = (
        _full(b"stts", 0, 0, ">I", 0),
        _full(b"stsc", 0, 0, ">I", 0),
        _full(b"stsz", 0, 0, ">II", 0, 0),
        _full(b"stco", 0, 0, ">I", 0),
    )
    return box(b"stbl", _full(b"stsd", 0, 0, ">I", 1, rest=_avc1(video)), *no_frames)


def _avc1(video: VideoFormat) -> bytes:
    head = struct.pack(
        ">6xH 16x HH II 4x H 32x Hh", 1, video.width, video.height, 0x480000, 0x480000, 1, 24, -1
    )
    return box(b"avc1", head, box(b"avcC", decoder_record(video)))


def decoder_record(video: VideoFormat) -> bytes:
    """AVCDecoderConfigurationRecord of ISO/IEC 14496-15, 5.3.3.1.2; lengths of NAL units take four bytes."""
    sps, pps = video.sps[:31], video.pps[:255]
    pieces = [b"\x01", video.sps[0][1:4], b"\xff", bytes([0xE0 | len(sps)])]
    pieces += [len(unit).to_bytes(2, "big") + unit for unit in sps]
    pieces += [bytes([len(pps)])] + [len(unit).to_bytes(2, "big") + unit for unit in pps]
    if video.says_chroma:
        chroma = (0xFC | video.chroma_format, 0xF8 | video.depth_luma - 8, 0xF8 | video.depth_chroma - 8, 0)
        pieces.append(bytes(chroma))
    return b"".join(pieces)
