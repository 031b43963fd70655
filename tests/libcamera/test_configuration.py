"""Which streams, buffers, frame times and crops are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ss_camera.properties.libcamera import LibcameraPlan
from ss_camera.settings.model import CameraSettings, Origin, Property, VideoSettings
from ss_camera.sources.libcamera_configuration import Streams, choose_streams, controls_for
from ss_camera.sources.libcamera_encoder import has_hardware, level_name

LIMITS = {"FrameDurationLimits": (10_000, 200_000_000, 33_333)}


class NoEnumerations:
    """Bindings without any."""

    class controls:  # noqa: N801 - libcamera's name
        pass


def camera(**fields: object) -> CameraSettings:
    return CameraSettings("c", kind="picamera2", **fields)  # type: ignore[arg-type]


VIDEO = VideoSettings()


@pytest.mark.parametrize(
    ("settings", "hardware", "expected"),
    [
        (camera(), True, Streams((640, 480), None, "main", 4)),
        (camera(video=VIDEO), True, Streams((640, 480), (320, 240), "main", 6)),
        (camera(video=VIDEO, width=1920, height=1080), True, Streams((1920, 1080), (320, 180), "main", 6)),
        (camera(video=VIDEO, width=160, height=120), False, Streams((160, 120), (160, 120), "main", 6)),
        (camera(width=4056, height=3040), True, Streams((4056, 3040), None, "main", 2)),
        # too large for the chip's encoder: the second stream is made as large as that takes
        (
            camera(video=VIDEO, width=3840, height=2160),
            True,
            Streams((3840, 2160), (1920, 1080), "lores", 3),
        ),
        (
            camera(video=VIDEO, width=4056, height=3040),
            True,
            Streams((4056, 3040), (1662, 1246), "lores", 3),
        ),
        # and where no level of H.264 takes it
        (
            camera(video=VIDEO, width=4608, height=2592),
            False,
            Streams((4608, 2592), (1920, 1080), "lores", 3),
        ),
        (camera(video=VIDEO, width=1080, height=1920), True, Streams((1080, 1920), (320, 568), "main", 6)),
        (
            camera(video=VIDEO, width=3840, height=2160),
            False,
            Streams((3840, 2160), (320, 180), "main", 3),
        ),
    ],
)
def test_streams_and_buffers_fit_the_picture_and_the_encoder(
    settings: CameraSettings, hardware: bool, expected: Streams
) -> None:
    """Stills have the size asked for; samples 320 pixels; few buffers where each is large."""
    assert choose_streams(settings, LibcameraPlan(), hardware=hardware) == expected
    assert choose_streams(settings, LibcameraPlan(buffer_count=5), hardware=hardware).buffer_count == 5


@pytest.mark.parametrize(("form", "encoded"), [("YUYV", "lores"), ("RGB161616", "lores"), ("NV12", "main")])
def test_a_form_that_the_chips_encoder_does_not_take_is_not_given_to_it(form: str, encoded: str) -> None:
    """picamera2 would refuse to start the video; the second stream is then as large as the first."""
    settings, plan = camera(video=VIDEO, width=1280, height=720), LibcameraPlan(main_format=form)
    streams = choose_streams(settings, plan, hardware=True)
    assert streams.encoded == encoded
    assert streams.lores == ((1280, 720) if encoded == "lores" else (320, 180))
    assert choose_streams(settings, plan, hardware=False).encoded == "main"


def frame_us(plan: LibcameraPlan, settings: CameraSettings) -> object:
    return controls_for(plan, settings, LIMITS, NoEnumerations(), 1)["FrameDurationLimits"]


def test_video_has_a_fixed_rate_and_stills_have_time_to_expose() -> None:
    """Frames of a picture a minute need not take a minute; in the dark they may take longer than in video."""
    slow = LibcameraPlan(controls={"FrameDurationLimits": (1_000_000, 1_000_000)})
    assert frame_us(LibcameraPlan(), camera()) == (33_333, 100_000)
    assert frame_us(LibcameraPlan(), camera(video=VIDEO)) == (33_333, 33_333)
    assert frame_us(slow, camera(framerate=1.0)) == (33_333, 1_000_000)
    assert frame_us(slow, camera(framerate=1.0, video=VIDEO)) == (1_000_000, 1_000_000)
    exposed = LibcameraPlan(controls={"ExposureTime": 2_000_000})
    assert frame_us(exposed, camera()) == (33_333, 2_000_000)


def test_limits_that_a_user_gave_are_taken_as_they_are() -> None:
    given = Property("PICAMERA_FRAMERATE_RANGE", (2, 5), Origin("PICAMERA_FRAMERATE_RANGE", ".env:1"))
    plan = LibcameraPlan(controls={"FrameDurationLimits": (200_000, 500_000)})
    assert frame_us(plan, camera(properties={given.name: given})) == (200_000, 500_000)


def test_the_rate_stays_within_what_the_camera_has() -> None:
    """Newer bindings give limits by size of the sensor's mode."""
    plan = LibcameraPlan(controls={"FrameDurationLimits": (5_000, 5_000)})
    assert frame_us(plan, camera(video=VIDEO, framerate=200.0)) == (10_000, 10_000)


def test_a_pi_5_crops_each_stream() -> None:
    """It takes a list in place of the one rectangle for all."""
    whole = ((0, 0, 64, 64), (100, 50, 4000, 3000), (0, 0, 0, 0))
    plan = LibcameraPlan(zoom=(0.5, 0.25, 0.5, 0.5))
    one = controls_for(plan, camera(), {"ScalerCrop": whole}, NoEnumerations(), 2)
    assert one == {"ScalerCrop": (2100, 800, 2000, 1500)}
    many = controls_for(plan, camera(), {"ScalerCrop": whole, "ScalerCrops": whole}, NoEnumerations(), 2)
    assert many == {"ScalerCrops": [(2100, 800, 2000, 1500)] * 2}


def test_a_zoom_keeps_the_pictures_shape() -> None:
    """A wide picture is a strip of a 4:3 sensor: a quarter of the picture is a quarter of that strip."""
    whole = ((0, 0, 64, 64), (0, 0, 4000, 3000), (0, 0, 0, 0))
    plan = LibcameraPlan(zoom=(0.25, 0.25, 0.5, 0.5))
    wide = controls_for(plan, camera(width=1920, height=1080), {"ScalerCrop": whole}, NoEnumerations(), 1)
    assert wide == {"ScalerCrop": (1000, 938, 2000, 1125)}


def test_the_chips_encoder_is_known_by_its_name(tmp_path: Path) -> None:
    """A PC with some capture cards has a /dev/video11 too; a container has the name without the device."""
    name, device = tmp_path / "names/video11/name", tmp_path / "dev/video11"
    name.parent.mkdir(parents=True)
    device.parent.mkdir()
    device.touch()
    assert not has_hardware(tmp_path / "names", device.parent)
    name.write_text("USB Camera: USB Camera\n")
    assert not has_hardware(tmp_path / "names", device.parent)
    name.write_text("bcm2835-codec-encode\n")
    assert has_hardware(tmp_path / "names", device.parent)
    device.unlink()
    assert not has_hardware(tmp_path / "names", device.parent)


@pytest.mark.parametrize(
    ("level", "name"), [("4", "4_0"), ("4.1", "4_1"), ("1b", "1B"), ("5.1", "4_2"), ("3.1", "3_1")]
)
def test_levels_have_v4l2s_names(level: str, name: str) -> None:
    """No higher than the encoder goes."""
    assert level_name(level) == name
