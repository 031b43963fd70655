"""Stills of the real picamera: size, quality, orientation, EXIF, exposure and text."""

from __future__ import annotations

import pytest

from ss_camera.clock import RealClock
from ss_camera.settings.model import CameraSettings
from ss_camera.sources import open_source as open_any
from ss_camera.sources.legacy_camera import PicameraSource
from tests.camera.clocks import HurriedClock
from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.opening import VGA, VIDEO, corners, opened, picture
from tests.program import wait_until

pytestmark = pytest.mark.usefixtures("firmware")
UPRIGHT = ["red", "green", "blue", "white"]
STILL_PORT = {"CAPTURE_USE_VIDEO_PORT": "false"}
_COPYRIGHT = 0x8298


class ShiftedClock(RealClock):
    """The system's clocks, the wall clock moved by `shift_us`, the monotonic one by `shift_s`."""

    shift_us = 0
    shift_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.shift_s

    def wall_us(self) -> int:
        return super().wall_us() + self.shift_us


@pytest.mark.parametrize("port", [{}, STILL_PORT], ids=["video port", "still port"])
def test_a_still_is_what_the_camera_sees_now(port: dict[str, str]) -> None:
    """A JPEG of the size asked for, taken after the call, one after the other from the same camera."""
    clock = RealClock()
    with opened(VGA | port) as source:
        asked_us = clock.wall_us()
        stills = [source.still() for _ in range(3)]
        assert "imx219: 640x480 at 60 frames/s" in source.description
    for still in stills:
        assert (still.width, still.height) == picture(still).size == (640, 480)
        assert corners(picture(still)) == UPRIGHT
    times = [asked_us, *(still.captured_us for still in stills)]
    assert times == sorted(set(times))


@pytest.mark.parametrize("port", [{}, STILL_PORT], ids=["video port", "still port"])
@pytest.mark.parametrize("records", [False, True], ids=["stills", "recording"])
def test_a_still_after_a_pause_is_not_of_before_it(
    port: dict[str, str], records: bool, firmware: Firmware
) -> None:
    """The firmware's encoder keeps a picture of the time when the last still was taken; nobody gets it."""
    clock = ShiftedClock()
    with opened((VIDEO if records else VGA) | port, clock) as source:
        if records:
            source.start_video(lambda packet: None)
        for zoom, seen in (1.0, UPRIGHT), (0.25, ["red", "-", "-", "-"]), (1.0, UPRIGHT):
            source.device.zoom = (0.0, 0.0, zoom, zoom)
            after = firmware.number + 1  # the one on its way may be older
            wait_until(lambda after=after: firmware.number > after, "a frame")  # type: ignore[misc]
            assert corners(picture(source.still())) == seen
            clock.shift_s += 1.0


def test_auto_takes_the_camera_that_opens() -> None:
    """After picamera2, which finds none here, and before any USB camera."""
    said: list[str] = []
    source = open_any(CameraSettings("c", width=640, height=480), RealClock(), said.append)
    source.close()
    assert isinstance(source, PicameraSource)
    assert [line for line in said if line.startswith("CAMERA=auto: not picamera2: ")] == said


def test_the_first_still_is_not_dark(firmware: Firmware) -> None:
    """Opening waits until exposure stands: the first picture is as bright as the others."""
    with opened(VGA) as source:
        assert firmware.share(firmware.cameras[0]) == 1.0
        first = source.still()
    assert corners(picture(first)) == UPRIGHT


def test_convergence_is_waited_for_and_not_for_ever(firmware: Firmware) -> None:
    """A scene that flickers is taken as it is."""
    clock = HurriedClock()
    clock.hurry(4)
    firmware.faults.restless = True
    with opened(VGA, clock) as source:
        assert source.still().width == 640


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({"PICAMERA_HFLIP": "true"}, ["green", "red", "white", "blue"]),
        ({"PICAMERA_VFLIP": "true"}, ["blue", "white", "red", "green"]),
        ({"PICAMERA_ROTATION": "180"}, ["white", "blue", "green", "red"]),
        ({"PICAMERA_ZOOM": "(0.0,0.0,0.25,0.25)"}, ["red", "-", "-", "-"]),
    ],
)
def test_the_firmware_turns_and_zooms(asked: dict[str, str], seen: list[str]) -> None:
    """As picamera's manual says, seen in the picture."""
    with opened(VGA | asked) as source:
        assert corners(picture(source.still())) == seen


def test_a_camera_on_its_side_gives_upright_stills() -> None:
    """`PICAMERA_ROTATION=90` makes a VGA still 480x640, turned clockwise and not stretched."""
    with opened(VGA | {"PICAMERA_ROTATION": "90"}) as source:
        still = source.still()
    assert (still.width, still.height) == picture(still).size == (480, 640)
    assert corners(picture(still)) == ["blue", "red", "white", "green"]


def test_quality_is_the_users() -> None:
    """A lower `CAMERA_QUALITY` gives a smaller file."""
    sizes = []
    for quality in ("20", "95"):
        with opened(VGA | {"CAMERA_QUALITY": quality}) as source:
            sizes.append(len(source.still().data))
    assert sizes[0] < sizes[1] / 2


@pytest.mark.parametrize("port", [{}, STILL_PORT], ids=["video port", "still port"])
@pytest.mark.parametrize("text", ["Ann Example", "André"])
def test_exif_tags_are_in_every_still(port: dict[str, str], text: str) -> None:
    """By the firmware where it writes them, else in software, and in software where picamera cannot."""
    with opened(VGA | port | {"PICAMERA_EXIF_TAGS__IFD0.Copyright": text}) as source:
        exif = picture(source.still()).getexif()
    assert exif[_COPYRIGHT].startswith(text[:4])


def test_a_time_in_the_text_goes_on(firmware: Firmware) -> None:
    """`%H:%M` is the wall clock of each picture, told to the firmware anew when it says something else."""
    clock, annotate = ShiftedClock(), firmware.mmal.MMAL_PARAMETER_ANNOTATE
    with opened(VGA | {"PICAMERA_ANNOTATE_TEXT": "at %H h"}, clock) as source:
        shown = []
        for _ in range(2):
            source.still()
            shown.append(firmware.cameras[0].control.parameters[annotate])
            clock.shift_us += 3_600_000_000
        text = source.device.annotate_text
    assert text.startswith("at ")
    assert text.endswith(" h")
    assert shown[0] != shown[1]
