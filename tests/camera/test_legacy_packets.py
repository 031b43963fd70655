"""What picamera writes piece by piece, as packets and samples: headers, pieces, times, what is dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from ss_camera.clock import FakeClock
from ss_camera.media import MotionSample, Packet
from ss_camera.sources.legacy_packets import (
    KEY_FRAME,
    MOTION_DATA,
    SPS_HEADER,
    Gate,
    PacketOutput,
    VideoTimes,
)
from ss_camera.sources.legacy_vectors import DTYPE, VectorOutput

SPS, PPS, IDR, SLICE = (b"\x00\x00\x00\x01" + bytes([kind]) + b"xy" for kind in (0x27, 0x28, 0x25, 0x21))
LETTERS = {"s": (SPS_HEADER, SPS), "p": (SPS_HEADER, PPS), "k": (KEY_FRAME, IDR), "f": (0, SLICE)}
FRAME_US = 40_000


@dataclass
class Piece:
    """What picamera says of the bytes that it writes."""

    frame_type: int
    timestamp: int | None
    complete: bool


class Encoder:
    """Writes letters: `s` SPS, `p` PPS, `k` keyframe, `f` frame; a capital: a piece that is not the last."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.packets: list[Packet] = []
        self.gate = Gate()
        self.piece = Piece(0, 0, True)
        self.times = VideoTimes(self.clock)
        self.output = PacketOutput(lambda: self.piece, self.times, self.gate, self.packets.append)

    def write(self, letters: str, *timestamps: int | None) -> Encoder:
        """Each frame 40 ms after the one before, by both clocks unless `timestamps` say otherwise."""
        times = iter(timestamps)
        for letter in letters:
            kind, data = LETTERS[letter.lower()]
            stamp = next(times, self.now_us) if kind != SPS_HEADER else None
            self.piece = Piece(kind, stamp, letter.islower())
            assert self.output.write(data) == len(data)
            if letter in "kf":
                self.clock.advance(FRAME_US / 1e6)
        return self

    @property
    def now_us(self) -> int:
        return round(self.clock.monotonic_s() * 1e6)


@pytest.mark.parametrize("letters", ["spkff", "SPkff", "SpkfF", "spKKkfFf"])
def test_headers_stand_in_front_of_the_keyframe(letters: str) -> None:
    """In one piece or two, complete or not; a frame in pieces is one packet."""
    key, *rest = Encoder().write(letters).packets
    assert key.key
    assert key.data.startswith(SPS + PPS + IDR)
    assert key.data.count(IDR) == letters.lower().count("k")
    assert not any(packet.key for packet in rest)
    assert len(rest) == letters.count("f")


def test_the_newest_headers_count() -> None:
    """They come again with each keyframe and are not gathered; one that brings its own is left as it is."""
    first, second = Encoder().write("spkspk").packets
    assert first.data == second.data == SPS + PPS + IDR
    encoder = Encoder()
    encoder.piece = Piece(KEY_FRAME, 0, True)
    encoder.output.write(SPS + PPS + IDR)
    assert [packet.data for packet in encoder.packets] == [SPS + PPS + IDR]


def test_video_begins_with_a_keyframe() -> None:
    """What cannot be decoded is not handed out."""
    assert [packet.key for packet in Encoder().write("ffspkf").packets] == [True, False]


def test_nothing_is_handed_out_once_it_is_shut() -> None:
    """The encoder may go on writing for a while."""
    encoder = Encoder().write("spkf")
    encoder.gate.shut()
    assert len(encoder.write("ff").packets) == 2


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ((0, 40_000, 80_000), [0, 40_000, 80_000]),
        ((5_000_000, 5_033_000, 5_066_000), [0, 33_000, 66_000]),
        # unknown, standing, going back, far ahead: the time that passed takes its place
        ((0, None, 80_000), [0, 40_000, 80_000]),
        ((0, 0, 40_000), [0, 40_000, 80_000]),
        ((9_000_000, 50_000, 90_000), [0, 40_000, 80_000]),
        ((0, 60_000_000, 60_040_000), [0, 40_000, 80_000]),
        ((None, 700, 40_700), [0, 700, 40_700]),
    ],
)
def test_times_follow_the_encoders_clock(stamps: tuple[int | None, ...], times: list[int]) -> None:
    """From the first frame on, never back and never into the future."""
    encoder = Encoder().write("spkff", *stamps)
    assert [packet.pts_us for packet in encoder.packets] == times
    begin_us = encoder.packets[0].captured_us
    assert [packet.captured_us - begin_us for packet in encoder.packets] == [0, 40_000, 80_000]


def test_vectors_are_of_the_frame_before_them() -> None:
    """One sample a frame, in pieces or whole; of another length than the video's it is dropped."""
    encoder, samples = Encoder(), []
    vectors = VectorOutput(64, 40, lambda: encoder.output.last, encoder.gate, samples.append)
    grid = np.zeros((3, 5), DTYPE)
    grid["x"][1, 2] = -7
    data = grid.tobytes()
    for pieces in ([data], [data[:8], data[8:]], [data + b"rest"], [data]):
        encoder.write("spk")
        encoder.piece = Piece(MOTION_DATA, None, True)
        for piece in pieces:
            assert vectors.write(piece) == len(piece)
    assert [sample.pts_us for sample in samples] == [0, 40_000, 120_000]
    assert all(isinstance(sample, MotionSample) and sample.luma is None for sample in samples)
    assert samples[0].vectors["x"][1, 2] == -7
    encoder.gate.shut()
    vectors.write(data)
    assert len(samples) == 3
