"""What picamera is given: its own types, in an order that its setters bear."""

from __future__ import annotations

import pytest

from ss_camera.properties.legacy import LegacyPlan, legacy_plan
from tests.properties.values import camera


def made(library: str = "picamera", **given: str) -> LegacyPlan:
    return legacy_plan(camera(given, "picamera"), library)


def test_rotation_swaps_the_sides() -> None:
    """So that a VGA still is 480x640 and shows all that the sensor sees."""
    plan = made(PICAMERA_RESOLUTION="VGA", PICAMERA_ROTATION="90")
    assert plan.constructor == {"camera_num": 0, "resolution": (480, 640)}
    assert plan.assignments == (("rotation", 90),)
    turned = made(PICAMERA_RESOLUTION="VGA", PICAMERA_ROTATION="180")
    assert turned.constructor["resolution"] == (640, 480)


def test_one_rate_in_two_names_is_no_contradiction() -> None:
    """A frame of 33333 us is one of 30 a second; of 40000 us it is not."""
    both = {"PICAMERA_FRAMERATE": "30", "PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS": "33333,33333"}
    assert made(**both).warnings == ()
    [sentence] = made(**both | {"PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS": "40000,40000"}).warnings
    assert "goes before PICAMERA_FRAMERATE" in sentence


def test_what_the_constructor_takes_is_not_assigned() -> None:
    """Each of these set later stops and starts the camera."""
    given = {"PICAMERA_SENSOR_MODE": "4", "PICAMERA_CLOCK_MODE": "raw", "PICAMERA_STEREO_MODE": "top-bottom"}
    plan = made(**given, PICAMERA_FRAMERATE="1/6", PICAMERA_CAMERA_NUM="1")
    assert plan.constructor == {
        "camera_num": 1,
        "sensor_mode": 4,
        "clock_mode": "raw",
        "stereo_mode": "top-bottom",
        "framerate": 1 / 6,
    }
    assert plan.assignments == ()


def test_assignments_come_in_an_order_that_has_an_effect() -> None:
    """Effect before its parameters, awb_mode before its gains, exposure_mode last."""
    plan = made(
        PICAMERA_AWB_GAINS="(1.5,1.2)",
        PICAMERA_AWB_MODE="off",
        PICAMERA_EXPOSURE_MODE="off",
        PICAMERA_IMAGE_EFFECT="posterise",
        PICAMERA_IMAGE_EFFECT_PARAMS="8",
        PICAMERA_ISO="200",
        PICAMERA_SHUTTER_SPEED="10000",
        PICAMERA_LED="off",
        PICAMERA_BRIGHTNESS="60",
    )
    assert [name for name, _ in plan.assignments] == [
        *("image_effect", "image_effect_params", "awb_mode", "awb_gains"),
        *("brightness", "iso", "shutter_speed", "exposure_mode", "led"),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"PICAMERA_BRIGHTNESS": "60"}, ("brightness", 60)),
        ({"PICAMERA_COLOR_EFFECTS": "none"}, ("color_effects", None)),
        ({"PICAMERA_ZOOM": "(0,0,0.5,0.5)"}, ("zoom", (0.0, 0.0, 0.5, 0.5))),
        ({"PICAMERA_CROP": "(0,0,0.5,0.5)"}, ("zoom", (0.0, 0.0, 0.5, 0.5))),
        ({"PICAMERA_ANNOTATE_TEXT": "%H:%M"}, ("annotate_text", "%H:%M")),
        ({"PICAMERA2_CONTROLS_BRIGHTNESS": "0.2"}, ("brightness", 60)),
        ({"PICAMERA2_CONTROLS_EXPOSURE_TIME": "20000"}, ("shutter_speed", 20000)),
        ({"PICAMERA2_CONTROLS_EXPOSURE_VALUE": "-1.5"}, ("exposure_compensation", -9)),
        ({"PICAMERA2_CONTROLS_ANALOGUE_GAIN": "4"}, ("iso", 400)),
        ({"PICAMERA2_CONTROLS_AWB_MODE": "Daylight"}, ("awb_mode", "sunlight")),
        ({"PICAMERA2_CONTROLS_AE_EXPOSURE_MODE": "Short"}, ("exposure_mode", "sports")),
        ({"PICAMERA2_TRANSFORM_HFLIP": "1"}, ("hflip", True)),
    ],
)
def test_values_have_picameras_types(given: dict[str, str], expected: tuple[str, object]) -> None:
    """picamera takes a float for brightness as a TypeError, and the text of a number too."""
    (assignment,) = made(**given).assignments
    assert assignment == expected
    assert type(assignment[1]) is type(expected[1])


def test_manual_exposure_by_libcameras_names_does_not_freeze_a_gain_of_nothing() -> None:
    """exposure_mode=off right after the start holds the gains at what the firmware begins with."""
    given = {"PICAMERA2_CONTROLS_AE_ENABLE": "0", "PICAMERA2_CONTROLS_EXPOSURE_TIME": "10000"}
    fixed = made(**given, PICAMERA2_CONTROLS_ANALOGUE_GAIN="2")
    assert fixed.assignments == (("iso", 200), ("shutter_speed", 10000))
    assert ("exposure_mode", "off") in made(**given).assignments


def test_colour_gains_turn_awb_off() -> None:
    """As they do in libcamera."""
    plan = made(PICAMERA2_CONTROLS_COLOUR_GAINS="(1.5,9)")
    assert plan.assignments == (("awb_mode", "off"), ("awb_gains", (1.5, 8.0)))


def test_a_long_exposure_makes_frames_long() -> None:
    """picamera's own 30 frames a second would cut it to 33 ms."""
    assert made(PICAMERA_SHUTTER_SPEED="2000000").constructor["framerate"] == 0.5
    assert "framerate" not in made(PICAMERA_SHUTTER_SPEED="20000").constructor
    assert made(PICAMERA_SHUTTER_SPEED="2000000", PICAMERA_FRAMERATE="10").constructor["framerate"] == 10


def test_frame_durations_are_a_rate_or_a_range() -> None:
    """What goes before the frame rate says so."""
    name = "PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS"
    assert made(**{name: "(50000,50000)"}).constructor["framerate"] == 20
    assert made(**{name: "(50000,100000)"}).constructor["framerate_range"] == (10, 20)
    both = made(**{name: "(50000,50000)"}, PICAMERA_FRAMERATE="5")
    assert both.constructor["framerate"] == 20
    assert both.warnings == (
        f"{name} goes before PICAMERA_FRAMERATE (environment), which says something else and is not used",
    )


def test_the_options_of_capture() -> None:
    """The sample's stills came from the video port, and so do ours."""
    assert made().capture == {"use_video_port": True, "quality": 85}
    given = {"CAPTURE_USE_VIDEO_PORT": "no", "CAPTURE_BAYER": "yes", "CAPTURE_THUMBNAIL": "none"}
    plan = made(**given, CAPTURE_QUALITY="70", CAPTURE_RESTART="16", CAPTURE_RESIZE="QVGA")
    assert plan.capture == {
        "use_video_port": False,
        "bayer": True,
        "thumbnail": None,
        "quality": 70,
        "restart": 16,
        "resize": (320, 240),
    }


def test_bayer_needs_the_still_port() -> None:
    """picamera would raise at the first still."""
    plan = made(CAPTURE_BAYER="yes")
    assert "bayer" not in plan.capture
    assert plan.warnings == (
        "CAPTURE_BAYER (environment) has an effect with CAPTURE_USE_VIDEO_PORT=false only and is not used",
    )


def test_a_word_of_picamerax_is_told_with_picamera() -> None:
    """greyworld is the one white balance that picamera lacks."""
    assert made("picamerax", PICAMERA_AWB_MODE="greyworld").assignments == (("awb_mode", "greyworld"),)
    plan = made(PICAMERA_AWB_MODE="greyworld")
    assert (plan.assignments, len(plan.warnings)) == ((), 1)


def test_gain_is_picameraxs_own_property() -> None:
    """picamera has a sensitivity only."""
    assert made("picamerax", PICAMERA2_CONTROLS_ANALOGUE_GAIN="2.5").assignments == (("analog_gain", 2.5),)


@pytest.mark.parametrize(
    ("rate", "cut"),
    [
        ({"PICAMERA_FRAMERATE": "30"}, True),
        ({"PICAMERA_FRAMERATE_RANGE": "(5,30)"}, True),
        ({"PICAMERA_FRAMERATE": "0.5"}, False),
        ({}, False),
    ],
)
def test_an_exposure_longer_than_its_frame_is_told(rate: dict[str, str], cut: bool) -> None:
    """The firmware would cut it without a word."""
    warnings = made(**rate, PICAMERA_SHUTTER_SPEED="2000000").warnings
    assert [each.split(" (")[0] for each in warnings] == ["PICAMERA_SHUTTER_SPEED"] * cut
