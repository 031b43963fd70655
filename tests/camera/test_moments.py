"""The times of live packets: the camera's own, and ours where the camera's cannot be right."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import pytest
from av import VideoStream
from av.packet import Packet

from ss_camera.clock import FakeClock
from ss_camera.sources.moments import LiveTimes, Playback


def times(arrivals: list[tuple[float, float | None]], *, trusted: bool = True) -> list[float]:
    """Each packet's time in the video, of its (arrival, own time) in seconds."""
    clock, found = FakeClock(), []
    live = LiveTimes(clock, trusted=trusted)
    now_s = 0.0
    for arrival_s, own_s in arrivals:
        clock.advance(arrival_s - now_s)
        now_s = arrival_s
        found.append(live.moment(packet_at(own_s)).pts_us / 1e6)
    return found


def packet_at(own_s: float | None) -> Packet[VideoStream]:
    packet: Packet[VideoStream] = cast("Packet[VideoStream]", Packet(b"x"))
    packet.time_base = Fraction(1, 90_000)
    packet.pts = packet.dts = None if own_s is None else round(own_s * 90_000)
    return packet


@pytest.mark.parametrize(
    ("own_s", "shown_s"),
    [
        ([5, 5.1, 5.2], [0, 0.1, 0.2]),
        ([5, 5.1, 2, 2.1], [0, 0.1, 0.2, 0.3]),  # joined to an older recording
        ([5, 5.1, 83_521, 83_521.1], [0, 0.1, 0.2, 0.3]),  # one damaged time would stop it for a day
        ([5, 1805, 1805.1], [0, 1800, 1800.1]),  # a recording that paused, or a time lapse
    ],
)
def test_a_recording_plays_on_over_jumps_of_its_times(own_s: list[float], shown_s: list[float]) -> None:
    """Backward ones, and those that nobody would wait for."""
    playback = Playback(100.0, 0.1, reordered=False)
    due = [playback.place(packet_at(each)) for each in own_s]
    assert [each.shown_s for each in due] == pytest.approx([100 + each for each in shown_s])


def test_a_hitch_of_the_network_is_none_in_the_video() -> None:
    """What was held up comes at once; each frame keeps the camera's time."""
    assert times([(0, 50), (0.1, 50.1), (2.1, 50.2), (2.1, 50.3), (2.1, 50.4)]) == pytest.approx(
        [0, 0.1, 0.2, 0.3, 0.4]
    )


def test_frames_that_are_missing_leave_their_time() -> None:
    """Five seconds without a frame are five seconds in the video."""
    assert times([(0, 1), (5, 6), (5.1, 6.1)]) == pytest.approx([0, 5, 5.1])


@pytest.mark.parametrize("jump_s", [-40.0, -0.1, 0.0, 3000.0])
def test_a_jump_of_the_cameras_clock_is_none_in_the_video(jump_s: float) -> None:
    """The time between arrivals takes its place, and the camera's clock goes on from there."""
    second = 10.1 + jump_s
    found = times([(0, 10), (0.1, 10.1), (0.2, second), (0.35, second + 0.1)])
    assert found == pytest.approx([0, 0.1, 0.2, 0.3])


def test_a_stream_without_times_has_those_of_arrival() -> None:
    """Also where FFmpeg makes some up; two that come at once still differ."""
    assert times([(0, None), (0.3, None), (0.3, None)]) == pytest.approx([0, 0.3, 0.300001])
    assert times([(0, 0), (0.3, 0.04), (0.4, 0.08)], trusted=False) == pytest.approx([0, 0.3, 0.4])
