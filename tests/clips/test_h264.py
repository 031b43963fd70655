"""What is read from an encoder's bytes: NAL units, size, profile; and what is refused."""

from __future__ import annotations

import io
import re
from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera import h264, mp4
from tests.clips.real_video import encode


@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
@pytest.mark.parametrize("size", [(320, 240), (322, 242), (640, 480), (1920, 1080), (64, 48), (4096, 2304)])
def test_size_and_codec_are_the_decoders(size: tuple[int, int], profile: str) -> None:
    """FFmpeg reads the same from the same bytes; 1080 lines are 68 rows of blocks, cropped."""
    packet = encode(1, width=size[0], height=size[1], profile=profile)[0]
    found = h264.video_format(packet.data)
    assert found is not None
    assert (found.width, found.height) == size
    with av.open(io.BytesIO(packet.data), format="h264") as container:
        context = container.streams.video[0].codec_context
        assert (context.width, context.height) == size
    assert found.codec.startswith({"baseline": "avc1.42", "main": "avc1.4D", "high": "avc1.64"}[profile])


@pytest.mark.parametrize("pixels", ["yuv422p", "yuv444p", "yuv420p10le"])
def test_other_chroma_is_read_too(pixels: str) -> None:
    """A player is told of it in the decoder's record, as FFmpeg writes it."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 322, 242, pixels
    context.time_base = Fraction(1, 20)
    context.options = {"x264-params": "repeat-headers=1"}
    data = b"".join(
        bytes(p) for p in [*context.encode(av.VideoFrame(322, 242, pixels)), *context.encode(None)]
    )
    found = h264.video_format(data)
    assert found is not None
    assert (found.width, found.height) == (322, 242)
    expected = {"yuv422p": (2, 8), "yuv444p": (3, 8), "yuv420p10le": (1, 10)}[pixels]
    assert (found.chroma_format, found.depth_luma) == expected
    assert bytes([0xFC | expected[0], 0xF8 | expected[1] - 8]) in mp4.decoder_record(found)[-5:]


def test_bytes_that_an_encoder_puts_between_zeros_are_not_read() -> None:
    """After two zeros a 3 stands in front of a small byte, so that no start code arises by chance."""
    #       profile, flags, level       id 63 (six zeros)  the rest: 640x480
    bits = "01000010" + "00000000" * 2 + "0000001000000" + "1" * 3 + "010" + "0"
    bits += "00000101000" + "000011110" + "1" + "1" + "0" + "0" + "1"
    plain = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    assert plain[1:4] == b"\0\0\2"
    found = h264.parse_sps(b"\x67" + plain.replace(b"\0\0\2", b"\0\0\3\2"))
    assert (found.width, found.height) == (640, 480)


def test_nal_units_are_found_with_either_start_code() -> None:
    """Three bytes or four, and zeros between units belong to none of them."""
    data = b"\0\0\0\1\x67\x01\0\0\1\x68\x02\0\0\0\0\0\1\x65\x03\0"
    assert list(h264.nal_units(data)) == [b"\x67\x01", b"\x68\x02", b"\x65\x03"]
    assert list(h264.nal_units(b"")) == list(h264.nal_units(b"\0\0")) == list(h264.nal_units(b"\0\0\1")) == []


def test_frames_leave_their_parameter_sets_behind() -> None:
    """They stand once, in the first part; all other units are kept to the byte."""
    packet = encode(1)[0]
    units = [unit for unit in h264.nal_units(packet.data) if unit[0] & 31 not in (h264.SPS, h264.PPS)]
    data, read = mp4.frame_data(packet.data), []
    while data:
        size = int.from_bytes(data[:4], "big")
        read.append(data[4 : 4 + size])
        data = data[4 + size :]
    assert read == units


def test_without_parameter_sets_there_is_no_format() -> None:
    """An ordinary frame has none; neither has what is no H.264."""
    assert h264.video_format(encode(2)[1].data) is None
    assert h264.video_format(b"\xff\xd8 a picture") is None


@given(st.binary(max_size=60))
def test_any_parameter_set_is_read_or_refused(data: bytes) -> None:
    """Damage never ends the program."""
    for head in (b"\x67", b"\x67\x42\xc0\x1e", b"\x67\x64\x00\x28", b"\x67\xf4\x00\x28"):
        try:
            found = h264.parse_sps(head + data)
        except h264.NotH264:
            continue
        assert found.width > 0
        assert found.height > 0
        assert mp4.init_segment(found)


@pytest.mark.parametrize(
    ("chroma", "depth"),
    [("010", "0" * 12 + "1" + "0" * 12), ("0000000100000001", "1")],
    ids=["a depth of 4103 bits", "chroma format 127"],
)
def test_a_depth_or_chroma_that_no_video_has_is_refused(chroma: str, depth: str) -> None:
    """Seen in a parameter set with one byte damaged: it does not fit the decoder's record."""
    #       profile high, flags, level    id     chroma   depths         flags
    bits = "01100100" + "00000000" * 2 + "1" + chroma + depth + "1" + "00"
    bits += "1" + "1" + "1" + "010" + "0" + "00000101000" + "000011110" + "1" + "1" + "0" + "0" + "1"
    plain = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    with pytest.raises(h264.NotH264, match="bits, chroma format"):
        h264.parse_sps(b"\x67" + re.sub(b"\0\0(?=[\0-\3])", b"\0\0\3", plain))


def test_a_parameter_set_too_long_for_a_clip_is_refused() -> None:
    """Its length has two bytes in the decoder's record."""
    units = {unit[0] & 31: unit for unit in h264.nal_units(encode(1)[0].data)}
    pps = units[h264.PPS] + b"\xff" * 70_000
    with pytest.raises(h264.NotH264, match="65535"):
        h264.video_format(b"\0\0\0\1" + units[h264.SPS] + b"\0\0\0\1" + pps)
