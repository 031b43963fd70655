"""Frames in any form as H.264: colours, keyframes in time, and no frame larger than a part of a clip."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av import VideoFrame
from numpy.typing import NDArray

from ss_camera.settings.clip_rules import frame_bytes
from ss_camera.settings.model import ClipSettings, VideoSettings
from ss_camera.sources.h264_encoder import H264Encoder
from tests.camera.watching import decode

BT601 = (5, 6)
PART_BYTES = 256 * 1024
COLOURS = [(200, 40, 40), (40, 180, 60), (30, 60, 210), (230, 230, 230), (20, 20, 20), (240, 200, 40)]


def stripes(width: int, height: int) -> NDArray[np.uint8]:
    """Upright stripes of the colours in RGB."""
    row = np.array(COLOURS, np.uint8)[np.arange(width) * len(COLOURS) // width]
    return np.ascontiguousarray(np.broadcast_to(row, (height, width, 3)))


def shown_colours(frame: VideoFrame) -> NDArray[np.int64]:
    """The colour in the middle of each stripe."""
    pixels = frame.to_ndarray(format="rgb24")
    width = pixels.shape[1]
    at = [(2 * index + 1) * width // (2 * len(COLOURS)) for index in range(len(COLOURS))]
    return pixels[pixels.shape[0] // 2, at].astype(np.int64)


@pytest.mark.parametrize("size", [(320, 240), (1280, 720)])
@pytest.mark.parametrize(
    "form", ["rgb24", "yuyv422", "nv12", "yuv420p", "yuvj420p", "yuvj422p", "yuvj444p", "bgr24"]
)
def test_colours_are_those_of_the_frame(form: str, size: tuple[int, int]) -> None:
    """Whatever a driver or a decoder gives, in small pictures and in HD, a player shows the same."""
    encoder = H264Encoder(*size, 25.0, VideoSettings())
    frame = VideoFrame.from_ndarray(stripes(*size), "rgb24").reformat(format=form)
    frame.colorspace = 2  # a camera does not say
    shown = decode(encoder.encode(frame, 0, 0))[0]
    assert np.abs(shown_colours(shown) - COLOURS).max() < 12
    assert shown.colorspace in BT601, "unmarked HD would be taken for BT.709"


def test_a_full_range_frame_that_is_not_named_so_keeps_its_range() -> None:
    """The range may stand beside the form and not in it."""
    frame = VideoFrame.from_ndarray(stripes(320, 240), "rgb24").reformat(format="yuvj420p")
    plain = VideoFrame(320, 240, "yuv420p")
    for source, target in zip(frame.planes, plain.planes, strict=True):
        target.update(bytes(memoryview(source)))
    plain.color_range = 2
    shown = decode(H264Encoder(320, 240, 25.0, VideoSettings()).encode(plain, 0, 0))[0]
    assert np.abs(shown_colours(shown) - COLOURS).max() < 12


def test_gray_frames_are_gray() -> None:
    """Of night cameras and industrial ones."""
    gray = VideoFrame.from_ndarray(np.full((240, 320), 200, np.uint8), "gray")
    shown = decode(H264Encoder(320, 240, 25.0, VideoSettings()).encode(gray, 0, 0))[0]
    assert np.abs(shown.to_ndarray(format="rgb24").astype(int) - 200).max() < 6


def noise(count: int, width: int, height: int) -> list[VideoFrame]:
    random = np.random.default_rng(1)
    return [
        VideoFrame.from_ndarray(random.integers(0, 255, (height, width, 3), np.uint8), "rgb24")
        for _ in range(count)
    ]


@pytest.mark.parametrize("part_bytes", [16 * 1024, 64 * 1024, PART_BYTES])
@pytest.mark.parametrize("bitrate", [1_000_000, 17_000_000])
def test_no_frame_is_larger_than_a_part_of_a_clip(bitrate: int, part_bytes: int) -> None:
    """Pure noise is the worst that a picture can be, and its keyframes are the largest."""
    most = frame_bytes(ClipSettings(part_bytes=part_bytes))
    encoder = H264Encoder(640, 480, 20.0, VideoSettings(bitrate=bitrate, frame_bytes=most))
    packets = [
        packet
        for number, frame in enumerate(noise(40, 640, 480))
        for packet in encoder.encode(frame, number * 50_000, 0)
    ]
    sizes = [len(packet.data) for packet in packets]
    assert max(sizes) < part_bytes - 1024
    assert sum(sizes) * 8 / 2 < bitrate * 1.5


def test_a_camera_slower_than_it_says_has_keyframes_in_time() -> None:
    """Each cut waits for one: at night a camera may give five of its thirty frames a second."""
    encoder = H264Encoder(64, 48, 30.0, VideoSettings(gop_s=1.0))
    frame = VideoFrame.from_ndarray(stripes(64, 48), "rgb24")
    keys = [encoder.encode(frame, number * 200_000, 0)[0].key for number in range(20)]
    assert [number for number, key in enumerate(keys) if key] == [0, 5, 10, 15]


def test_every_frame_is_a_packet_at_once_and_times_never_stand() -> None:
    """A clip grows while it is taken; two frames of one time would have no duration."""
    encoder = H264Encoder(64, 48, 20.0, VideoSettings())
    frame = VideoFrame.from_ndarray(stripes(64, 48), "rgb24")
    times = [packet.pts_us for us in (0, 50, 50, 40, 60) for packet in encoder.encode(frame, us, 7)]
    assert times == [0, 50, 51, 52, 60]


def test_decoded_frames_are_not_all_keyframes() -> None:
    """They say what they were; the encoder must not take it for an order."""
    first = H264Encoder(64, 48, 20.0, VideoSettings(gop_s=0.05))
    frame = VideoFrame.from_ndarray(stripes(64, 48), "rgb24")
    keyframes = decode([packet for n in range(5) for packet in first.encode(frame, n * 50_000, 0)])
    assert {decoded.pict_type for decoded in keyframes} == {av.video.frame.PictureType.I}
    second = H264Encoder(64, 48, 20.0, VideoSettings())
    keys = [second.encode(decoded, n * 50_000, 0)[0].key for n, decoded in enumerate(keyframes)]
    assert keys == [True, False, False, False, False]


def test_frames_of_another_size_are_scaled() -> None:
    """A stream may change its size: the video keeps its own."""
    encoder = H264Encoder(320, 240, 20.0, VideoSettings())
    frames = [
        VideoFrame.from_ndarray(stripes(*size), "rgb24") for size in ((320, 240), (640, 480), (100, 60))
    ]
    packets = [packet for n, frame in enumerate(frames) for packet in encoder.encode(frame, n * 50_000, 0)]
    shown = decode(packets)
    assert [(frame.width, frame.height) for frame in shown] == [(320, 240)] * 3
    assert all(np.abs(shown_colours(frame) - COLOURS).max() < 16 for frame in shown)
