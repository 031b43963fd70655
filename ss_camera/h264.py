"""An H.264 access unit in Annex B form in; its NAL units, picture size and codec string out.

Sections named here are of ITU-T H.264. Nothing is decoded but the head of the sequence parameter set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
"""NAL unit types of table 7-1."""

_START = b"\x00\x00\x01"
# profiles whose parameter set says more about colour (7.3.2.1.1)
_CHROMA_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MAX_SIDE = 16_384
_CHROMA_FORMATS, _DEPTHS = range(4), range(8, 15)  # 7.4.2.1.1
_LONGEST_SET = 0xFFFF  # what the length in an MP4's decoder record can say


class NotH264(ValueError):
    """The bytes are no H.264 that a clip can begin with; the sentence says why."""


@dataclass(frozen=True)
class VideoFormat:
    """What a player must know before the first frame: the parameter sets and what they say.

    `width` and `height` are in pixels, cropping applied. `codec` is the string of RFC 6381, such as
    `avc1.640028`. Two formats are equal when their parameter sets are.
    """

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    width: int
    height: int
    codec: str
    chroma_format: int = 1
    depth_luma: int = 8
    depth_chroma: int = 8

    @property
    def profile(self) -> int:
        """profile_idc."""
        return self.sps[0][1]

    @property
    def says_chroma(self) -> bool:
        """Whether the decoder's record ends with chroma and depth: in all but the three oldest profiles."""
        return self.profile not in (66, 77, 88)


def nal_units(access_unit: bytes) -> Iterator[bytes]:
    """The NAL units of an access unit, without start codes and without the zeros between them (B.1)."""
    start = access_unit.find(_START)
    while start >= 0:
        following = access_unit.find(_START, start + 3)
        # a NAL unit never ends with a zero byte (7.4.1), so what stands there is padding
        unit = access_unit[start + 3 : following if following >= 0 else None].rstrip(b"\x00")
        if unit:
            yield unit
        start = following


def video_format(access_unit: bytes) -> VideoFormat | None:
    """The format that the access unit declares, or None where it has no SPS and PPS.

    Raises `NotH264` where its SPS cannot be read.
    """
    sps: list[bytes] = []
    pps: list[bytes] = []
    for unit in nal_units(access_unit):
        kind = unit[0] & 31
        if kind == SPS and unit not in sps:
            sps.append(unit)
        elif kind == PPS and unit not in pps:
            pps.append(unit)
        elif kind in (SLICE, IDR):  # the picture follows: nothing but slices from here
            break
    if not sps or not pps:
        return None
    return parse_sps(sps[0], tuple(sps), tuple(pps))


def parse_sps(unit: bytes, sps: tuple[bytes, ...] = (), pps: tuple[bytes, ...] = ()) -> VideoFormat:
    """Size, chroma and codec string of a sequence parameter set. Raises `NotH264`."""
    if len(unit) < 4:
        raise NotH264("an H.264 sequence parameter set of less than 4 bytes")
    try:
        chroma, luma_depth, chroma_depth, width, height = _read_sps(_Bits(_without_emulation(unit[1:])))
    except IndexError as error:
        raise NotH264("an H.264 sequence parameter set that ends too early") from error
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise NotH264(f"an H.264 sequence parameter set that says {width}x{height} pixels")
    if chroma not in _CHROMA_FORMATS or luma_depth not in _DEPTHS or chroma_depth not in _DEPTHS:
        raise NotH264(f"an H.264 sequence parameter set that says {luma_depth} bits, chroma format {chroma}")
    if max(map(len, (*sps, *pps)), default=0) > _LONGEST_SET:
        raise NotH264("an H.264 parameter set of more than 65535 bytes")
    codec = f"avc1.{unit[1]:02X}{unit[2]:02X}{unit[3]:02X}"
    return VideoFormat(sps or (unit,), pps, width, height, codec, chroma, luma_depth, chroma_depth)


class _Bits:
    """Reads bits from the front. Raises IndexError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def bits(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def unsigned(self) -> int:
        """ue(v), 9.1."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > 32:
                raise IndexError
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        """se(v), 9.1.1."""
        value = self.unsigned()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def _read_sps(bits: _Bits) -> tuple[int, int, int, int, int]:
    """Chroma format, depth of luma and chroma in bits, width, height (7.3.2.1.1)."""
    profile = bits.bits(8)
    bits.bits(16)  # constraint flags, level
    bits.unsigned()  # seq_parameter_set_id
    chroma, luma_depth, chroma_depth, separate = 1, 8, 8, 0
    if profile in _CHROMA_PROFILES:
        chroma = bits.unsigned()
        separate = bits.bits(1) if chroma == 3 else 0
        luma_depth, chroma_depth = bits.unsigned() + 8, bits.unsigned() + 8
        bits.bits(1)  # qpprime_y_zero_transform_bypass_flag
        if bits.bits(1):
            _skip_scaling_matrix(bits, 8 if chroma != 3 else 12)
    bits.unsigned()  # log2_max_frame_num_minus4
    _skip_order_count(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.bits(1)  # gaps_in_frame_num_value_allowed_flag
    columns, rows = bits.unsigned() + 1, bits.unsigned() + 1
    frames_only = bits.bits(1)
    if not frames_only:
        bits.bits(1)  # mb_adaptive_frame_field_flag
    bits.bits(1)  # direct_8x8_inference_flag
    left, right, top, bottom = (bits.unsigned() for _ in range(4)) if bits.bits(1) else (0, 0, 0, 0)
    sampled = chroma if not separate else 0
    unit_x = 2 if sampled in (1, 2) else 1
    unit_y = (2 if sampled == 1 else 1) * (2 - frames_only)
    width = columns * 16 - unit_x * (left + right)
    height = rows * 16 * (2 - frames_only) - unit_y * (top + bottom)
    return chroma, luma_depth, chroma_depth, width, height


def _skip_scaling_matrix(bits: _Bits, lists: int) -> None:
    for number in range(lists):
        if not bits.bits(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last


def _skip_order_count(bits: _Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.bits(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()


def _without_emulation(data: bytes) -> bytes:
    """The bytes without the 03 that an encoder puts between two zeros and a small byte (7.3.1)."""
    return data.replace(b"\x00\x00\x03", b"\x00\x00")
