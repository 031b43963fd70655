"""Packets and samples of picamera2's two threads in one order; what is told of exposure and of failures."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ss_camera.clock import FakeClock
from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.media import MotionSample, Packet
from ss_camera.sources.libcamera_convergence import Convergence
from ss_camera.sources.libcamera_errors import told
from ss_camera.sources.libcamera_feed import LibcameraFeed, wall_us
from ss_camera.sources.libcamera_holding import Holding
from ss_camera.sources.libcamera_library import explain_import

SPS, PPS = b"\x00\x00\x00\x01\x67\x42\xc0\x1e", b"\x00\x00\x00\x01\x68\xce\x06"
IDR, SLICE = b"\x00\x00\x00\x01\x65\x88\x84", b"\x00\x00\x00\x01\x41\x9a\x24"
LUMA = np.zeros((2, 2), np.uint8)


def test_the_hardwares_late_packets_come_behind_the_samples_of_their_time() -> None:
    """The encoder is some frames behind; nothing comes before the first keyframe, and none after the stop."""
    out: list[Packet | MotionSample] = []
    feed = LibcameraFeed(FakeClock(), out.append, out.append, turn=90)
    feed.packet(SLICE, 1_000_000, key=False)
    for number in range(4):
        assert feed.wants_sample(1_000_000 + number * 100_000)
        feed.sample(LUMA, 1_000_000 + number * 100_000)
    feed.packet(SPS + PPS + IDR, 1_000_000, key=True)
    feed.packet(SLICE, 1_200_000, key=False)
    feed.stop()
    feed.packet(SLICE, 1_300_000, key=False)
    assert [(type(each).__name__, each.pts_us) for each in out] == [
        ("MotionSample", 0),
        ("Packet", 0),
        ("MotionSample", 100_000),
        ("MotionSample", 200_000),
        ("Packet", 200_000),
    ]
    assert {each.turn for each in out if isinstance(each, Packet)} == {90}


def test_times_grow_and_keyframes_have_their_parameter_sets() -> None:
    """Whatever the driver does: the same time twice, headers in front of the first keyframe only."""
    out: list[Packet] = []
    feed = LibcameraFeed(FakeClock(), out.append, None)
    for data, time_us, key in (
        (SPS + PPS + IDR, 5_000, True),
        (SLICE, 5_000, False),
        (SLICE, 4_000, False),
        (IDR, 90_000, True),
    ):
        feed.packet(data, time_us, key=key)
    assert [packet.pts_us for packet in out] == [0, 1, 2, 85_000]
    assert [packet.key for packet in out] == [True, False, False, True]
    assert out[3].data == SPS + PPS + IDR


def test_samples_are_15_a_second_at_most() -> None:
    feed = LibcameraFeed(FakeClock(), lambda packet: None, lambda sample: None)
    wanted = [feed.wants_sample(round(number * 1e6 / 60)) for number in range(60)]
    assert sum(wanted) == 15
    assert not LibcameraFeed(FakeClock(), lambda packet: None, None).wants_sample(0)


def test_the_wall_clock_is_that_of_the_exposure() -> None:
    """As far as the sensor's clock is ours; else that of the arrival."""
    clock = FakeClock()
    now_us, arrival_us = round(clock.monotonic_s() * 1e6), clock.wall_us()
    assert wall_us(clock, now_us - 70_000) == arrival_us - 70_000
    assert wall_us(clock, now_us + 3_000_000) == arrival_us
    assert wall_us(clock, None) == arrival_us


@pytest.mark.parametrize(
    ("frames", "settled"),
    [
        ([{}], [True]),
        ([{"AeState": 1}, {"AeState": 2}], [False, True]),
        ([{"AeState": 0}], [True]),
        ([{"AeLocked": False}, {"AeLocked": True}], [False, True]),
        ([{"AfState": 1}, {"AfState": 2}, {"AfState": 3}], [False, True, True]),
        (
            [{"ColourGains": (1.0, 1.0)}, {"ColourGains": (1.8, 1.2)}, {"ColourGains": (1.81, 1.2)}],
            [False, False, True],
        ),
        ([{"AwbState": 1}, {"AwbState": 2}], [False, True]),
    ],
)
def test_a_picture_has_settled_when_the_camera_says_so(
    frames: list[dict[str, object]], settled: list[bool]
) -> None:
    """Exposure, white balance and focus; what a camera does not tell is settled."""
    convergence = Convergence()
    assert [convergence.has_settled(frame) for frame in frames] == settled


SETTLED: dict[str, object] = {"AeState": 2}


@pytest.mark.parametrize(
    ("controls", "later"),
    [
        ({"AeEnable": False, "Contrast": 1.2}, {"AeEnable": False}),
        ({"AeEnable": False, "ExposureTime": 9000}, {"AeEnable": False}),
        ({"AeEnable": False, "ExposureTime": 9000, "AnalogueGain": 2.0}, {}),
        ({"AeEnable": True, "AwbEnable": False}, {"AwbEnable": False}),
        ({"ExposureTimeMode": 1, "AnalogueGainMode": 0}, {"ExposureTimeMode": 1}),
        ({"AnalogueGainMode": 1, "AnalogueGain": 2.0}, {}),
        ({"AwbEnable": False, "ColourGains": (1.5, 2.0)}, {}),
    ],
)
def test_what_is_switched_off_is_held_as_it_has_settled(
    controls: dict[str, object], later: dict[str, object]
) -> None:
    """At the start there is nothing to hold, unless it was given; set once, or when it flickers for ever."""
    holding = Holding(controls)
    assert {**holding.at_start, **later} == controls
    assert not set(holding.at_start) & set(later)
    assert holding.is_over == (not later)
    assert holding.due({"AeState": 1}, 0.1) == {}
    assert holding.due(SETTLED, 0.2) == later
    assert holding.is_over
    assert Holding(controls).due({"AeState": 1}, 5.0) == later


def raised(error: Exception, cause: Exception | None = None) -> CameraError:
    with pytest.raises(CameraError) as caught, told("camera 0 (imx219)", "opening it"):
        raise error from cause
    return caught.value


def test_what_libraries_raise_is_a_sentence_that_says_what_to_do() -> None:
    """Found in the causes too, as picamera2 wraps what it gets."""
    hidden = RuntimeError("Camera __init__ sequence did not complete.")
    assert "is in use by" in str(
        raised(hidden, RuntimeError("Failed to acquire camera: Device or resource busy"))
    )
    assert "(CMA)" in str(raised(OSError(errno.ENOMEM, "Cannot allocate memory")))
    assert "is not there any more" in str(raised(hidden, OSError(errno.ENODEV, "No such device")))
    assert isinstance(raised(TimeoutError()), CameraTimeout)
    assert str(raised(KeyError("FrameDurationLimits"))).startswith("camera 0 (imx219) failed at opening it")
    assert isinstance(raised(CameraNotFound("as it is")), CameraNotFound)


def test_who_has_the_camera_is_named(tmp_path: Path) -> None:
    """libcamera holds the media device of a camera that is open."""
    device = tmp_path / "media3"
    device.touch()
    code = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(device)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(CameraError) as caught, told("camera 0 (imx219)", "opening it", dev=tmp_path):
            raise RuntimeError("Failed to acquire camera: Device or resource busy")
        other.communicate()
    assert f"(pid {other.pid}): stop that program" in str(caught.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ModuleNotFoundError("No module named 'picamera2'", name="picamera2"),
            "apt install python3-picamera2",
        ),
        (ModuleNotFoundError("No module named 'libcamera'", name="libcamera"), "--system-site-packages"),
        (ModuleNotFoundError("No module named 'pykms'", name="pykms"), "python3-kms++"),
        (ImportError("numpy.core.multiarray failed to import"), "does not fit the NumPy"),
        (ImportError("libcamera.so.0.4: cannot open shared object file"), "libcamera.so.0.4"),
    ],
)
def test_an_import_that_fails_says_what_to_install(error: Exception, words: str) -> None:
    """One line each."""
    said = explain_import(error)
    assert words in said
    assert "\n" not in said
