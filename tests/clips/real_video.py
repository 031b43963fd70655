"""Sizes, rates and pictures in, packets of real H.264 out, as a camera's encoder gives them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from ss_camera.media import Packet
from tests.clips.letters import WALL_US


@cache
def encode(
    frames: int,
    *,
    fps: float = 20,
    gop: int = 20,
    width: int = 320,
    height: int = 240,
    bitrate: int = 0,
    noise: bool = False,
    profile: str = "baseline",
    options: str = "",
) -> tuple[Packet, ...]:
    """libx264 as a live source sets it (ultrafast, zerolatency; parameter sets in front of every keyframe).

    Of itself `ultrafast` uses no tool beyond the baseline; `profile` turns on one that needs it.
    `noise`: each pixel of each frame at random, which no encoder can make small; else a bar that moves.
    """
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.gop_size = Fraction(1, 1_000_000), gop
    context.framerate = Fraction(fps).limit_denominator(1001)
    context.bit_rate = bitrate
    tools = {"baseline": "cabac=0", "main": "cabac=1", "high": "cabac=1:8x8dct=1"}[profile]
    parameters = ":".join(filter(None, ("repeat-headers=1:scenecut=0:bframes=0", tools, options)))
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": profile,
        "x264-params": parameters,
    }
    packets: list[Packet] = []
    random = np.random.default_rng(1)
    for number in range(frames):
        picture = av.VideoFrame.from_ndarray(
            _draw(number, width, height, random if noise else None), "yuv420p"
        )
        picture.pts = round(number * 1e6 / fps)
        packets += [_packet(packet) for packet in context.encode(picture)]
    return (*packets, *(_packet(packet) for packet in context.encode(None)))


def turned(packets: Sequence[Packet], turn: int) -> list[Packet]:
    """The packets of a camera that is turned by so many degrees, as its source hands them on."""
    return [replace(packet, turn=turn) for packet in packets]


def _packet(packet: av.Packet[Any]) -> Packet:
    assert packet.pts is not None
    return Packet(bytes(packet), packet.is_keyframe, packet.pts, WALL_US + packet.pts)


def _draw(number: int, width: int, height: int, random: np.random.Generator | None) -> NDArray[np.uint8]:
    if random is not None:
        return random.integers(0, 255, (height * 3 // 2, width), np.uint8)
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = np.arange(width, dtype=np.uint8)
    left = number * 8 % (width - 16)
    picture[height // 4 : height // 2, left : left + 16] = 235
    return picture


def pictures(packets: Sequence[Packet]) -> list[bytes]:
    """The luma of each frame, decoded from the packets themselves."""
    decoder = av.CodecContext.create("h264", "r")
    decoded = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    decoded += decoder.decode(None)
    return [luma(frame) for frame in decoded]


def luma(frame: av.VideoFrame) -> bytes:
    """The pixels of the first plane, without its padding."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return bytes(rows[: frame.height, : frame.width].tobytes())


def play(mp4: bytes) -> tuple[list[int], list[bytes]]:
    """Each frame's time in microseconds and its luma, as PyAV plays a file."""
    with av.open(io.BytesIO(mp4), "r") as container:
        stream = container.streams.video[0]
        base = stream.time_base  # a closed container's stream points at freed memory
        shown = list(container.decode(stream))
    assert base is not None
    times = [round(frame.pts * base * 1_000_000) for frame in shown if frame.pts is not None]
    return times, [luma(frame) for frame in shown]
