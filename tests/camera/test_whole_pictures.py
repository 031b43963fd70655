"""Pieces of a keyframe that a network camera cut are one picture again, and nothing else is joined."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import pytest
from av import VideoStream
from av.packet import Packet

from ss_camera.clock import FakeClock
from ss_camera.errors import CameraError
from ss_camera.h264 import nal_units
from ss_camera.sources.moments import LiveTimes, Moment
from ss_camera.sources.whole_pictures import whole_pictures

# of each NAL unit: its first byte, and the bit after it, which is 1 in a picture's first slice
UNITS = {"A": b"\x09\xf0", "S": b"\x67\x42", "P": b"\x68\xce", "I": b"\x65\x88", "i": b"\x65\x40"}
UNITS |= {"F": b"\x41\x9a", "f": b"\x41\x40"}


def packets(words: str) -> Iterator[Packet[VideoStream]]:
    """A packet for each word; `!` is where the connection breaks."""
    for word in words.split():
        if word == "!":
            raise CameraError("broke off")
        made = Packet(b"".join(b"\0\0\0\1" + UNITS[letter] for letter in word))
        made.time_base = Fraction(1, 90_000)
        made.is_keyframe = "I" in word or "i" in word
        yield cast("Packet[VideoStream]", made)


def letters(data: bytes) -> str:
    names = {unit: letter for letter, unit in UNITS.items()}
    return "".join(names[unit] for unit in nal_units(data))


def joined(words: str) -> Iterator[tuple[str, Moment]]:
    clock = FakeClock()

    def arriving() -> Iterator[Packet[VideoStream]]:
        for packet in packets(words):
            clock.advance(0.1)
            yield packet

    for packet, moment in whole_pictures(arriving(), LiveTimes(clock, trusted=False)):
        assert packet.is_keyframe == ("I" in letters(bytes(packet)))
        yield letters(bytes(packet)), moment


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ASPI AF AF ASPI AF", "ASPI AF AF ASPI AF"),
        ("ASPI SPi AFf AFf", "ASPISPi AFf AFf"),
        ("ASPI SPi SPi SPi", "ASPISPiSPiSPi"),
        ("SPI SPI SPI", "SPI SPI SPI"),
        ("SPI SPi SPI SPi F", "SPISPi SPISPi F"),
        ("F f F", "F f F"),
        ("SPI A F", "SPI A F"),
        ("", ""),
    ],
)
def test_a_picture_is_one_packet(words: str, expected: str) -> None:
    """In letters: I, i are the first and further slices of a keyframe, F, f of another frame."""
    assert [found for found, _ in joined(words)] == expected.split()


def test_a_picture_has_the_time_of_its_first_piece() -> None:
    """The wait for the next packet is none of the video's."""
    times = [moment.pts_us for _, moment in joined("SPI SPi F F SPI F")]
    assert times == [0, 200_000, 300_000, 400_000, 500_000]


def test_the_last_picture_before_a_failure_is_given() -> None:
    """Nothing that came is lost."""
    found: list[str] = []
    with pytest.raises(CameraError, match="broke off"):
        found.extend(word for word, _ in joined("F SPI SPi !"))
    assert found == ["F", "SPISPi"]
