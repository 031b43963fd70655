"""What picamera2 is given: a camera module 2, and cameras with fewer controls."""

from __future__ import annotations

import pytest

from ss_camera.properties.edits import Edits
from ss_camera.properties.libcamera import LibcameraPlan, libcamera_plan
from ss_camera.settings.libcamera_controls import variable
from tests.properties.plans import EVERYTHING, IMX219
from tests.properties.values import camera


def made(**given: str) -> LibcameraPlan:
    return libcamera_plan(camera(given, "picamera2"), IMX219)


@pytest.mark.parametrize(
    ("given", "controls"),
    [
        ({"PICAMERA_ISO": "400"}, {"AnalogueGain": 4.0, "AnalogueGainMode": "Manual"}),
        ({"PICAMERA_ISO": "0", "PICAMERA_SHUTTER_SPEED": "0"}, {}),
        ({"PICAMERA_SHUTTER_SPEED": "20000"}, {"ExposureTime": 20000, "ExposureTimeMode": "Manual"}),
        (
            {"PICAMERA_ISO": "200", "PICAMERA_SHUTTER_SPEED": "10000"},
            {
                "AnalogueGain": 2.0,
                "AnalogueGainMode": "Manual",
                "ExposureTime": 10000,
                "ExposureTimeMode": "Manual",
            },
        ),
        # a frame is as long as its exposure where no rate is asked for
        (
            {"PICAMERA_SHUTTER_SPEED": "2000000"},
            {
                "ExposureTime": 2_000_000,
                "ExposureTimeMode": "Manual",
                "FrameDurationLimits": (2_000_000, 2_000_000),
            },
        ),
        ({"PICAMERA_EXPOSURE_COMPENSATION": "-6"}, {"ExposureValue": -1.0}),
        ({"PICAMERA_EXPOSURE_MODE": "off"}, {"AeEnable": False}),
        ({"PICAMERA_EXPOSURE_MODE": "night"}, {"AeExposureMode": "Long"}),
        ({"PICAMERA_METER_MODE": "average"}, {"AeMeteringMode": "CentreWeighted"}),
        ({"PICAMERA_AWB_MODE": "sunlight"}, {"AwbMode": "Daylight"}),
        (
            {"PICAMERA_AWB_MODE": "off", "PICAMERA_AWB_GAINS": "1.5"},
            {"AwbEnable": False, "ColourGains": (1.5, 1.5)},
        ),
        ({"PICAMERA_BRIGHTNESS": "100", "PICAMERA_CONTRAST": "-100"}, {"Brightness": 1.0, "Contrast": 0.0}),
        ({"PICAMERA_IMAGE_DENOISE": "no"}, {"NoiseReductionMode": "Off"}),
        ({"PICAMERA_COLOR_EFFECTS": "(128,128)"}, {"Saturation": 0.0}),
        ({"PICAMERA_FRAMERATE": "20"}, {"FrameDurationLimits": (50_000, 50_000)}),
        (
            {"PICAMERA_FRAMERATE": "20", "PICAMERA_FRAMERATE_DELTA": "5"},
            {"FrameDurationLimits": (40_000, 40_000)},
        ),
        ({"PICAMERA_FRAMERATE_RANGE": "(10,25)"}, {"FrameDurationLimits": (40_000, 100_000)}),
        ({"PICAMERA2_CONTROLS_AWB_MODE": "Tungsten"}, {"AwbMode": "Tungsten"}),
    ],
)
def test_picameras_names_become_controls(given: dict[str, str], controls: dict[str, object]) -> None:
    """With what a control needs besides to have an effect."""
    plan = made(**given)
    assert plan.controls == controls
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("given", "mode", "word", "other"),
    [
        ({"AfTrigger": "Start"}, "AfMode", "Auto", "Continuous"),
        ({"AfPause": "Deferred"}, "AfMode", "Continuous", "Auto"),
        ({"AfWindows": "(0,0,64,64)"}, "AfMetering", "Windows", "Auto"),
        ({"LensPosition": "2"}, "AfMode", "Manual", "Auto"),
        ({"AeFlickerPeriod": "10000"}, "AeFlickerMode", "Manual", "Off"),
    ],
)
def test_a_control_brings_the_mode_that_it_counts_in(
    given: dict[str, str], mode: str, word: str, other: str
) -> None:
    """libcamera ignores it in another mode: where that was asked for, a sentence says so."""
    ((control, text),) = given.items()
    alone = libcamera_plan(camera({variable(control): text}, "picamera2"), EVERYTHING)
    assert (set(alone.controls), alone.controls[mode], alone.warnings) == ({control, mode}, word, ())
    both = {variable(control): text, variable(mode): other}
    plan = libcamera_plan(camera(both, "picamera2"), EVERYTHING)
    assert plan.controls == {mode: other}
    (told,) = plan.warnings
    assert f"{variable(control)} (environment)" in told


def test_a_colour_matrix_keeps_its_numbers_below_0() -> None:
    """libcamera's bounds begin at 0; and while white balance is automatic it takes no matrix."""
    name, text = variable("ColourCorrectionMatrix"), "1.8,-0.5,-0.3,-0.4,1.7,-0.3,0,-0.6,1.6"
    advertised = {**EVERYTHING, "ColourCorrectionMatrix": (0.0, 8.0, None)}
    fixed = {name: text, variable("ColourGains"): "(1.5,1.2)"}
    plan = libcamera_plan(camera(fixed, "picamera2"), advertised)
    assert plan.controls["ColourCorrectionMatrix"] == tuple(map(float, text.split(",")))
    assert plan.warnings == ()
    plan = libcamera_plan(camera({name: text}, "picamera2"), advertised)
    assert (plan.controls, len(plan.warnings)) == ({}, 1)


@pytest.mark.parametrize(
    ("given", "flips", "turned"),
    [
        ({"PICAMERA_ROTATION": "180"}, (True, True), 0),
        ({"PICAMERA_ROTATION": "180", "PICAMERA_HFLIP": "1"}, (False, True), 0),
        ({"PICAMERA_ROTATION": "90", "PICAMERA_HFLIP": "1"}, (True, False), 90),
        ({"PICAMERA2_TRANSFORM_TRANSPOSE": "1"}, (False, True), 90),
    ],
)
def test_the_transform_flips_and_software_turns(
    given: dict[str, str], flips: tuple[bool, bool], turned: int
) -> None:
    """No pipeline of a Raspberry Pi swaps rows and columns."""
    plan = made(**given)
    assert ((plan.hflip, plan.vflip), plan.edits.rotation) == (flips, turned)
    assert not plan.transpose


def test_a_camera_without_a_transform_is_flipped_in_software() -> None:
    """And the part that is kept is the same."""
    given = camera({"PICAMERA_HFLIP": "1", "PICAMERA_ZOOM": "(0,0,0.25,1)"}, "picamera2")
    plan = libcamera_plan(given, {})
    assert plan.edits == Edits(zoom=(0.75, 0.0, 0.25, 1.0))
    assert plan.without_transform().edits == Edits(zoom=(0.0, 0.0, 0.25, 1.0), hflip=True)
    assert not plan.without_transform().hflip


def test_zoom_is_the_sensors_where_it_can_be() -> None:
    """The source makes pixels of it."""
    assert made(PICAMERA_ZOOM="(0.25,0.25,0.5,0.5)").zoom == (0.25, 0.25, 0.5, 0.5)
    assert made(PICAMERA_ZOOM="(0.25,0.25,0.5,0.5)").edits.zoom is None


def test_a_camera_without_tones_gets_them_in_software() -> None:
    """As USB cameras have their own controls or none."""
    given = {"PICAMERA_BRIGHTNESS": "70", "PICAMERA2_CONTROLS_SATURATION": "0"}
    plan = libcamera_plan(camera(given, "picamera2"), {})
    assert (plan.controls, plan.warnings) == ({}, ())
    assert plan.edits == Edits(brightness=70, saturation=-100)


def test_rectangles_are_handed_on_as_they_are() -> None:
    """Their bounds are sizes: a corner is not moved to 0."""
    plan = made(PICAMERA2_CONTROLS_SCALER_CROP="(640,480,1000,1000)")
    assert plan.controls == {"ScalerCrop": (640, 480, 1000, 1000)}


@pytest.mark.parametrize(
    ("given", "controls", "sentence"),
    [
        (
            {"PICAMERA_ISO": "1600"},
            {"AnalogueGain": 10.667, "AnalogueGainMode": "Manual"},
            "PICAMERA_ISO (environment) is outside what this camera has for AnalogueGain: 10.667 is used",
        ),
        (
            {"PICAMERA2_CONTROLS_LENS_POSITION": "2"},
            {},
            "PICAMERA2_CONTROLS_LENS_POSITION (environment) sets libcamera's control LensPosition, which "
            "this camera does not have",
        ),
        (
            {"PICAMERA_AWB_MODE": "shade"},
            {},
            "PICAMERA_AWB_MODE (environment) is shade, which CAMERA=picamera2 has no equal for, "
            "and is not used",
        ),
        (
            {"PICAMERA_AWB_MODE": "off"},
            {"AwbEnable": False},
            "PICAMERA_AWB_MODE (environment) is off without PICAMERA_AWB_GAINS: the colours stay as they "
            "have settled at the start",
        ),
        (
            {"PICAMERA_AWB_GAINS": "1.5"},
            {},
            "PICAMERA_AWB_GAINS (environment) has an effect with PICAMERA_AWB_MODE=off only and is not used",
        ),
        (
            {"PICAMERA_FRAMERATE": "120"},
            {"FrameDurationLimits": (21_201, 21_201)},
            "PICAMERA_FRAMERATE (environment) is outside what this camera has for FrameDurationLimits: "
            "(21201,21201) is used",
        ),
        (
            {"PICAMERA_SHUTTER_SPEED": "9000", "PICAMERA2_CONTROLS_EXPOSURE_TIME_MODE": "Auto"},
            {"ExposureTimeMode": "Auto"},
            "PICAMERA2_CONTROLS_EXPOSURE_TIME_MODE goes before PICAMERA_SHUTTER_SPEED (environment), which "
            "says something else and is not used",
        ),
        (
            {"PICAMERA_FRAMERATE": "20", "PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS": "(40000,100000)"},
            {"FrameDurationLimits": (40_000, 100_000)},
            "PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS goes before PICAMERA_FRAMERATE (environment), which "
            "says something else and is not used",
        ),
    ],
)
def test_what_the_camera_cannot_is_one_sentence(
    given: dict[str, str], controls: dict[str, object], sentence: str
) -> None:
    """A control that it lacks is left out, a value beyond its bounds is the nearest."""
    plan = made(**given)
    assert plan.controls == controls
    assert plan.warnings == (sentence,)


def test_colours_of_a_temperature_are_not_held() -> None:
    """White balance that is off has them as they are given, by gains or so."""
    given = {"PICAMERA_AWB_MODE": "off", "PICAMERA2_CONTROLS_COLOUR_TEMPERATURE": "5000"}
    plan = libcamera_plan(camera(given, "picamera2"), {**IMX219, "ColourTemperature": (100, 100_000, None)})
    assert plan.controls == {"AwbEnable": False, "ColourTemperature": 5000}
    assert plan.warnings == ()


def test_a_rate_slower_than_the_sensors_is_no_warning() -> None:
    """The stills come at that rate all the same."""
    plan = libcamera_plan(
        camera({"PICAMERA_FRAMERATE": "1"}, "picamera2"), {"FrameDurationLimits": (10_000, 50_000, 33_333)}
    )
    assert plan.controls == {"FrameDurationLimits": (50_000, 50_000)}
    assert plan.warnings == ()


def test_the_frame_rate_is_named_as_it_was_written() -> None:
    """It has two names."""
    plan = made(PICAMERA2_CONTROLS_FRAME_RATE="120")
    assert plan.warnings[0].startswith("PICAMERA2_CONTROLS_FRAME_RATE (environment) is outside")


def test_a_word_that_the_camera_lacks_is_told() -> None:
    """An older libcamera ends an enumeration earlier."""
    given = camera({"PICAMERA2_CONTROLS_NOISE_REDUCTION_MODE": "ZSL"}, "picamera2")
    plan = libcamera_plan(given, {"NoiseReductionMode": (0, 3, 0)})
    assert plan.controls == {}
    assert plan.warnings == (
        "PICAMERA2_CONTROLS_NOISE_REDUCTION_MODE (environment) sets NoiseReductionMode to ZSL, which this "
        "camera does not have",
    )


def test_the_samples_current_names_are_the_configuration() -> None:
    """MAIN_FORMAT goes before FORMAT, as MAIN_SIZE before SIZE."""
    plan = made(
        PICAMERA2_FORMAT="YUV420",
        PICAMERA2_MAIN_FORMAT="bgr888",
        PICAMERA2_COLOUR_SPACE="rec709",
        PICAMERA2_BUFFER_COUNT="2",
        PICAMERA2_TRANSFORM_HFLIP="1",
    )
    assert (plan.main_format, plan.colour_space, plan.buffer_count) == ("BGR888", "Rec709", 2)
    assert (plan.hflip, plan.vflip) == (True, False)


@pytest.mark.parametrize(
    ("given", "cut"),
    [
        ({"PICAMERA_FRAMERATE": "30", "MOTION": "on"}, True),
        ({"PICAMERA_FRAMERATE_RANGE": "(5,30)"}, True),
        # stills alone have frames as long as they need
        ({"PICAMERA_FRAMERATE": "30"}, False),
        ({"MOTION": "on"}, False),
    ],
)
def test_an_exposure_longer_than_its_frame_is_told(given: dict[str, str], cut: bool) -> None:
    """libcamera would cut it without a word."""
    warnings = made(**given, PICAMERA_SHUTTER_SPEED="2000000").warnings
    assert [each.split(" (")[0] for each in warnings] == ["PICAMERA_SHUTTER_SPEED"] * cut
