"""Parameter sets in front of every keyframe, at their place, and keyframes that are none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import av
import pytest
from av import VideoStream
from av.packet import Packet

from ss_camera.h264 import nal_units
from ss_camera.sources.annex_b import AnnexB
from tests.camera.videos import make_video

START = b"\x00\x00\x00\x01"
SPS, PPS, IDR, SLICE = b"\x67\x42\x00\x1e\x95", b"\x68\xce\x3c\x80", b"\x65\x88\x84\x21", b"\x41\x9a\x02\x05"
DELIMITER, RECOVERY, OTHER_SEI = b"\x09\xf0", b"\x06\x06\x01\xc4\x80", b"\x06\x05\x01\xff\x80"


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[VideoStream]:
    """A stream in Annex B that says its parameter sets in its head."""
    with av.open(str(make_video(tmp_path / "v.ts", options={"bf": "0"}))) as container:
        yield container.streams.video[0]


def packet(*units: bytes, key: bool = True) -> Packet[VideoStream]:
    made = Packet(b"".join(START + unit for unit in units))
    made.is_keyframe = key
    return cast("Packet[VideoStream]", made)


def kinds(data: bytes) -> list[int]:
    return [unit[0] & 31 for unit in nal_units(data)]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([SPS, PPS, IDR], [7, 8, 5]),
        ([IDR], [7, 8, 5]),
        ([OTHER_SEI, IDR], [7, 8, 6, 5]),
        ([DELIMITER, IDR], [9, 7, 8, 5]),
        ([DELIMITER, OTHER_SEI, IDR, IDR], [9, 7, 8, 6, 5, 5]),
        ([RECOVERY, SLICE], [7, 8, 6, 1]),
    ],
)
def test_a_keyframe_has_its_parameter_sets(
    stream: VideoStream, units: list[bytes], expected: list[int]
) -> None:
    """A clip begins with any of them; what the stream says itself is not said twice."""
    data, key = AnnexB(stream).convert(packet(*units))
    assert key
    assert kinds(data) == expected
    assert [unit for unit in nal_units(data) if unit in units] == units


def test_the_newest_parameter_sets_are_put_in_front(stream: VideoStream) -> None:
    """A camera may change them while it runs."""
    form = AnnexB(stream)
    form.convert(packet(SPS, PPS, IDR))
    assert list(nal_units(form.convert(packet(IDR))[0])) == [SPS, PPS, IDR]


def test_a_frame_that_is_only_called_a_keyframe_is_none(stream: VideoStream) -> None:
    """Some drivers call every frame so: a clip that begins there could not be shown."""
    assert AnnexB(stream).convert(packet(SLICE))[1] is False
    assert AnnexB(stream).convert(packet(OTHER_SEI, SLICE))[1] is False
    assert AnnexB(stream).convert(packet(SLICE, key=False)) == (START + SLICE, False)


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x00\x09\x65", b"\xff\xff\xff\xff\x65", b"\x00\x00"])
def test_broken_lengths_are_no_failure(tmp_path: Path, data: bytes) -> None:
    """A damaged file's packet gives what is there of it."""
    with av.open(str(make_video(tmp_path / "v.mp4", options={"bf": "0"}))) as container:
        form = AnnexB(container.streams.video[0])
    made = Packet(data)
    made.is_keyframe = True
    assert len(form.convert(cast("Packet[VideoStream]", made))[0]) <= len(data) + 100
