"""Both families of Pi camera names: each property with its library's type, and no valid name refused."""

from __future__ import annotations

import pytest

from ss_camera.settings import TABLE, libcamera_controls, picamera_properties
from tests.settings.loading import loaded


@pytest.mark.parametrize("off", ["false", "no", "off", "0", "False", " OFF "])
def test_every_word_for_no_turns_a_flip_off(off: str) -> None:
    """In the sample any text was a yes."""
    properties = loaded(PICAMERA_HFLIP=off, PICAMERA2_TRANSFORM_VFLIP=off).camera.properties
    assert properties["PICAMERA_HFLIP"].value is False
    assert properties["PICAMERA2_TRANSFORM_VFLIP"].value is False


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("PICAMERA_AWB_MODE", "Sunlight", "sunlight", id="98"),
        pytest.param("PICAMERA2_CONTROLS_AWB_MODE", "tungsten", "Tungsten", id="98-libcamera"),
        pytest.param("PICAMERA2_CONTROLS_AWB_MODE", "5", "Daylight", id="98-number"),
        ("PICAMERA2_CONTROLS_AF_MODE", "Continuous", "Continuous"),
        ("PICAMERA2_CONTROLS_COLOUR_GAINS", "(1.5,1.2)", (1.5, 1.2)),
        ("PICAMERA2_CONTROLS_COLOUR_GAINS", "1.5, 1.2", (1.5, 1.2)),
        ("PICAMERA2_CONTROLS_SCALER_CROP", "(0,0,640,480)", (0, 0, 640, 480)),
        ("PICAMERA2_CONTROLS_AF_WINDOWS", "(0,0,64,48),(64,48,64,48)", ((0, 0, 64, 48), (64, 48, 64, 48))),
        ("PICAMERA2_CONTROLS_AF_WINDOWS", "((0,0,64,48))", ((0, 0, 64, 48),)),
        ("PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS", "(33333,33333)", (33333, 33333)),
        ("PICAMERA2_CONTROLS_EXPOSURE_TIME", "20000", 20000),
        ("PICAMERA2_CONTROLS_AE_ENABLE", "1", True),
        ("PICAMERA2_BUFFER_COUNT", "2", 2),
        ("PICAMERA2_COLOUR_SPACE", "rec709", "Rec709"),
        ("PICAMERA2_TRANSFORM_HFLIP", "1", True),
        ("PICAMERA_ISO", "400", 400),
        ("PICAMERA_ROTATION", "180", 180),
        ("PICAMERA_AWB_GAINS", "1.5", 1.5),
        ("PICAMERA_AWB_GAINS", "(1.5,2)", (1.5, 2.0)),
        ("PICAMERA_ZOOM", "(0.0, 0.0, 0.5, 0.5)", (0.0, 0.0, 0.5, 0.5)),
        ("PICAMERA_COLOR_EFFECTS", "(128,128)", (128, 128)),
        ("PICAMERA_COLOR_EFFECTS", "none", None),
        ("PICAMERA_IMAGE_EFFECT", "Posterize", "posterise"),
        ("PICAMERA_ANNOTATE_BACKGROUND", "#ff8000", "#ff8000"),
        ("PICAMERA_ANNOTATE_FOREGROUND", "red", "red"),
        ("PICAMERA_ANNOTATE_TEXT", "gate 3", "gate 3"),
        ("PICAMERA_EXPOSURE_MODE", "night", "night"),
        ("PICAMERA_SENSOR_MODE", "4", 4),
        ("PICAMERA_EXIF_TAGS__IFD0.Copyright", "(c) me", "(c) me"),
        ("PICAMERA_EXPOSURE_COMPENSATION", "-6", -6),
        ("PICAMERA_ROTATION", "-90", 270),
        ("PICAMERA_ROTATION", "360", 0),
        ("PICAMERA_ISO", "auto", 0),
        ("PICAMERA_SHUTTER_SPEED", "Auto", 0),
        ("PICAMERA_BRIGHTNESS", "60%", 60),
        ("PICAMERA_CONTRAST", "-20 %", -20),
        ("PICAMERA_ZOOM", "(25%, 1/4, 50%, 0.5)", (0.25, 0.25, 0.5, 0.5)),
        ("PICAMERA_AWB_GAINS", "(3/2, 5/4)", (1.5, 1.25)),
        ("PICAMERA_FRAMERATE_RANGE", "(1/6, 30)", (1 / 6, 30.0)),
        ("PICAMERA_ANNOTATE_BACKGROUND", "LightSlateGrey", "LightSlateGrey"),
        ("PICAMERA_ISP_BLOCKS", "gamma,Demosaic", ("gamma", "demosaic")),
        ("PICAMERA2_TRANSFORM_HFLIP", "2", True),
        ("PICAMERA2_TRANSFORM_HFLIP", "0", False),
        ("PICAMERA2_CONTROLS_EXPOSURE_TIME", "20000.0", 20000),
        ("CAPTURE_USE_VIDEO_PORT", "no", False),
        ("CAPTURE_RESIZE", "vga", (640, 480)),
        ("CAPTURE_THUMBNAIL", "none", None),
        ("CAPTURE_THUMBNAIL", "(64,48,35)", (64, 48, 35)),
    ],
)
def test_a_property_has_its_librarys_type(name: str, text: str, value: object) -> None:
    """picamera reads no strings, so the table types each; the origin goes with it."""
    got = loaded({name: text}).camera.properties[name]
    assert got.value == value
    assert type(got.value) is type(value)
    assert got.origin.place == "environment"


def test_parameters_are_those_of_their_effect() -> None:
    """A tuple of as many numbers as the effect takes."""
    given = {"PICAMERA_IMAGE_EFFECT": "blur", "PICAMERA_IMAGE_EFFECT_PARAMS": "(2,)"}
    assert loaded(given).camera.properties["PICAMERA_IMAGE_EFFECT_PARAMS"].value == (2.0,)


@pytest.mark.parametrize(
    ("effect", "given", "counts"), [("posterise", "40", "31"), ("blur", "5", "2"), ("colorpoint", "9", "3")]
)
def test_a_parameter_that_its_effect_cuts_is_told(effect: str, given: str, counts: str) -> None:
    """It goes on as in picamera, and not in silence."""
    warned = loaded(PICAMERA_IMAGE_EFFECT=effect, PICAMERA_IMAGE_EFFECT_PARAMS=given).warnings
    assert [line for line in warned if line.endswith(f"{given} counts as {counts}")]
    assert not loaded(PICAMERA_IMAGE_EFFECT=effect, PICAMERA_IMAGE_EFFECT_PARAMS=counts).warnings


@pytest.mark.parametrize("text", ["1/6", "(1,6)", " 1 / 6 "])
def test_a_frame_rate_may_be_a_fraction(text: str) -> None:
    """picamera's own form for rates below one a second."""
    assert loaded(PICAMERA_FRAMERATE=text).camera.framerate == 1 / 6


def test_the_samples_name_for_the_quality_is_read() -> None:
    """It is the same on each camera, and ours goes before it."""
    assert loaded(CAPTURE_QUALITY="70%").camera.quality == 70
    settings = loaded(CAPTURE_QUALITY="70", CAMERA_QUALITY="90")
    assert settings.camera.quality == 90
    assert settings.warnings == (
        "CAMERA_QUALITY goes before CAPTURE_QUALITY, which says something else and is not used",
    )


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({"SCHEDULE": "2", "PICAMERA_SHUTTER_SPEED": "6000000"}, "PICAMERA_SHUTTER_SPEED"),
        (
            {"SCHEDULE": "2", "PICAMERA2_CONTROLS_EXPOSURE_TIME": "6000000"},
            "PICAMERA2_CONTROLS_EXPOSURE_TIME",
        ),
        (
            {"SCHEDULE": "every 2 seconds", "PICAMERA2_CONTROLS_FRAME_RATE": "1/6"},
            "PICAMERA2_CONTROLS_FRAME_RATE",
        ),
        ({"SCHEDULE": "every 2 weeks", "PICAMERA_FRAMERATE": "1/6"}, None),
        ({"SCHEDULE": "6", "PICAMERA_FRAMERATE": "1/6"}, None),
        ({"SCHEDULE": "every monday", "PICAMERA_SHUTTER_SPEED": "6000000"}, None),
    ],
)
def test_stills_due_more_often_than_frames_are_told(given: dict[str, str], warned: str | None) -> None:
    """By the setting that makes the frames so long; none is told where they are short enough."""
    told = [line for line in loaded(given).warnings if line.startswith("SCHEDULE asks for")]
    expected = f"SCHEDULE asks for a still every 2 s; {warned} makes each frame 6 s long"
    assert told == ([expected] if warned else [])


@pytest.mark.parametrize(
    ("given", "is_told"),
    [
        ({"CAPTURE_RESIZE": "320x240"}, False),
        ({"CAPTURE_RESIZE": "320x180"}, True),
        ({"CAPTURE_RESIZE": "320x240", "PICAMERA_ROTATION": "270"}, True),
        ({"CAPTURE_RESIZE": "320x240", "PICAMERA2_TRANSFORM_TRANSPOSE": "1"}, True),
        ({"CAPTURE_RESIZE": "240x320", "PICAMERA_ROTATION": "90"}, False),
        ({"CAPTURE_RESIZE": "100x74", "PICAMERA_ROTATION": "180"}, False),
    ],
)
def test_stills_of_another_shape_than_the_picture_are_told(given: dict[str, str], is_told: bool) -> None:
    """They are stretched on every camera; a size that is nearly of that shape is as near as it can be."""
    told = [line for line in loaded(given, PICAMERA_RESOLUTION="VGA").warnings if "stretched" in line]
    assert len(told) == is_told
    assert all(line.startswith("CAPTURE_RESIZE: stills are stretched to ") for line in told)


@pytest.mark.parametrize(
    ("given", "is_told"),
    [
        ({"PICAMERA_SHUTTER_SPEED": "6000000"}, True),
        ({"PICAMERA_SHUTTER_SPEED": "100000"}, False),
        ({"PICAMERA_SHUTTER_SPEED": "6000000", "PICAMERA_FRAMERATE": "1/6"}, False),
        ({"PICAMERA_SHUTTER_SPEED": "6000000", "MOTION": "on", "STILLS": "off"}, False),
    ],
)
def test_an_exposure_that_no_stream_of_stills_has_time_for_is_told(
    given: dict[str, str], is_told: bool
) -> None:
    """Else most stills would be counted as missed, of a camera that does what it was told."""
    told = [line for line in loaded(given).warnings if line.startswith("PICAMERA_SHUTTER_SPEED makes")]
    expected = (
        "PICAMERA_SHUTTER_SPEED makes each frame 6 s long, and 10 stills a second are due: set SCHEDULE or "
        "PICAMERA_FRAMERATE"
    )
    assert told == [expected] * is_told


# picamera 1.13: what PiCamera's constructor takes and what can be set on it
_PICAMERA = """camera_num stereo_mode stereo_decimate resolution framerate sensor_mode led_pin clock_mode
framerate_range framerate_delta brightness contrast saturation sharpness iso shutter_speed
exposure_compensation exposure_mode meter_mode awb_mode awb_gains flash_mode drc_strength image_effect
image_effect_params color_effects rotation hflip vflip zoom crop video_stabilization video_denoise
image_denoise still_stats led annotate_text annotate_text_size annotate_frame_num annotate_foreground
annotate_background preview_alpha preview_layer preview_fullscreen preview_window raw_format"""


def test_the_whole_surface_of_picamera_is_known() -> None:
    """No valid name of an old file is refused."""
    names = {setting.name for setting in TABLE}
    assert {f"PICAMERA_{name.upper()}" for name in _PICAMERA.split()} <= names


def test_each_control_has_the_name_that_the_sample_makes_of_it() -> None:
    """The sample joins capitalised words: PICAMERA2_CONTROLS_AF_MODE is AfMode."""
    for control in libcamera_controls.CONTROLS:
        words = libcamera_controls.variable(control).removeprefix("PICAMERA2_CONTROLS_").split("_")
        assert "".join(word.capitalize() for word in words) == control


def test_properties_are_the_settings_of_the_pi_camera_sections_only() -> None:
    """Size and rate have fields of their own."""
    given = {"PICAMERA_RESOLUTION": "VGA", "PICAMERA_FRAMERATE": "5", "PICAMERA2_CONTROLS_FRAME_RATE": "5"}
    assert not loaded(given).camera.properties
    assert all(setting.name.startswith("PICAMERA_") for setting in picamera_properties.SETTINGS)
