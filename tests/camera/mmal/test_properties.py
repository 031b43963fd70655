"""Settings as they are written in `.env`, read back from the real picamera's properties."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ss_camera.errors import CameraError
from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.opening import VGA, VIDEO, opened, picture

pytestmark = pytest.mark.usefixtures("firmware")

GROUPS = {
    "tone": {
        "BRIGHTNESS": ("70", 70),
        "CONTRAST": ("-20", -20),
        "SATURATION": ("35", 35),
        "SHARPNESS": ("-100", -100),
        "DRC_STRENGTH": ("high", "high"),
        "COLOR_EFFECTS": ("(128,128)", (128, 128)),
    },
    "exposure": {
        "ISO": ("400", 400),
        "SHUTTER_SPEED": ("15000", 15000),
        "EXPOSURE_COMPENSATION": ("-6", -6),
        "EXPOSURE_MODE": ("night", "night"),
        "METER_MODE": ("spot", "spot"),
        "FLASH_MODE": ("redeye", "redeye"),
    },
    "exposure held": {"EXPOSURE_MODE": ("off", "off"), "STILL_STATS": ("true", True)},
    "white balance": {
        "AWB_GAINS": ("(1.5,2.25)", (Fraction(3, 2), Fraction(9, 4))),
        "AWB_MODE": ("off", "off"),
    },
    "white balance by name": {"AWB_MODE": ("sunlight", "sunlight")},
    "effect": {"IMAGE_EFFECT_PARAMS": ("(1,2,3)", (1, 2, 3)), "IMAGE_EFFECT": ("film", "film")},
    "geometry": {
        "ROTATION": ("270", 270),
        "HFLIP": ("yes", True),
        "VFLIP": ("yes", True),
        "ZOOM": ("(0.25,0.25,0.5,0.5)", pytest.approx((0.25, 0.25, 0.5, 0.5), abs=1e-4)),
    },
    "flags": {
        "VIDEO_STABILIZATION": ("true", True),
        "VIDEO_DENOISE": ("false", False),
        "IMAGE_DENOISE": ("false", False),
    },
    "annotation": {
        "ANNOTATE_TEXT": ("gate 3", "gate 3"),
        "ANNOTATE_TEXT_SIZE": ("64", 64),
    },
    "sensor": {
        "SENSOR_MODE": ("5", 5),
        "CLOCK_MODE": ("raw", "raw"),
        "FRAMERATE_DELTA": ("0.5", Fraction(1, 2)),
    },
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_properties_reaches_the_camera(group: str) -> None:
    """What the user wrote is what the library has, and nothing is warned of."""
    given = {f"PICAMERA_{name}": text for name, (text, _) in GROUPS[group].items()}
    with opened(VGA | given) as source:
        assert source.warnings == ()
        for name, (_, expected) in GROUPS[group].items():
            assert getattr(source.device, name.lower()) == expected, name
        source.still()


def test_colours_of_the_text_reach_the_camera() -> None:
    """As the firmware keeps them, in YUV: near what was asked for."""
    asked = {"PICAMERA_ANNOTATE_FOREGROUND": "yellow", "PICAMERA_ANNOTATE_BACKGROUND": "#004080"}
    with opened(VGA | asked | {"PICAMERA_ANNOTATE_TEXT": "x"}) as source:
        foreground = source.device.annotate_foreground.rgb_bytes
        background = source.device.annotate_background.rgb_bytes
    assert foreground == pytest.approx((255, 255, 0), abs=8)
    assert background == pytest.approx((0, 64, 128), abs=8)


def test_white_balance_without_gains_holds_those_that_it_had(firmware: Firmware) -> None:
    """As picamera's manual does; what the firmware has of its own for `off` is no balance at all."""
    with opened(VGA | {"PICAMERA_AWB_MODE": "off"}) as source:
        assert source.device.awb_mode == "off"
        key = firmware.mmal.MMAL_PARAMETER_CUSTOM_AWB_GAINS
        raw = firmware.cameras[0].control.parameters[key]
    gains = [int.from_bytes(raw[at : at + 4], "little") for at in (0, 4, 8, 12)]
    assert gains[0] == gains[1] > 0
    assert gains[2] == gains[3] > 0


def test_the_frame_number_is_asked_for(firmware: Firmware) -> None:
    """picamera 1.13 cannot read it back (its getter fails), so the firmware is asked."""
    with opened(VGA | {"PICAMERA_ANNOTATE_FRAME_NUM": "true"}):
        mmal = firmware.mmal
        raw = firmware.cameras[0].control.parameters[mmal.MMAL_PARAMETER_ANNOTATE]
    structure = mmal.MMAL_PARAMETER_CAMERA_ANNOTATE_V3_T.from_buffer_copy(b"\x00" * 8 + raw)
    assert structure.show_frame_num
    assert structure.enable


def test_a_range_of_rates_is_the_cameras() -> None:
    """Exposure may move the rate within it."""
    with opened({"PICAMERA_RESOLUTION": "VGA", "PICAMERA_FRAMERATE_RANGE": "(5,40)"}) as source:
        assert tuple(source.device.framerate_range) == (5, 40)
        assert "varying" in source.description
        source.still()


def test_a_still_of_another_size_is_the_users() -> None:
    """`CAPTURE_RESIZE`; the EXIF tags come along, which the firmware would leave out."""
    asked = {"CAPTURE_RESIZE": "320x240", "CAPTURE_USE_VIDEO_PORT": "false"}
    with opened(VGA | asked | {"PICAMERA_EXIF_TAGS__IFD0.Artist": "Ann"}) as source:
        still = source.still()
    assert (still.width, still.height) == (320, 240)
    assert picture(still).getexif()[0x013B] == "Ann"


def test_without_a_size_the_picture_has_a_size_of_ours() -> None:
    """picamera would take that of a display which may not be there; on its side, it is turned as well."""
    for asked, size in (({}, (1280, 720)), ({"PICAMERA_ROTATION": "90"}, (720, 1280))):
        with opened(asked) as source:
            assert tuple(source.device.resolution) == size


def test_what_the_library_refuses_is_one_warning() -> None:
    """The LED needs RPi.GPIO, which is not here: the camera works without."""
    with opened(VGA | {"PICAMERA_LED": "true", "PICAMERA_BRIGHTNESS": "60"}) as source:
        [warning] = source.warnings
        assert source.device.brightness == 60
    assert warning.startswith("PICAMERA_LED (environment) is refused by the camera and has no effect")
    assert "RPi.GPIO" in warning


def test_a_property_of_picamerax_is_one_warning_on_picamera() -> None:
    """It names the variable; the rest of the settings counts."""
    with opened(VGA | {"PICAMERA_ANALOG_GAIN": "2"}) as source:
        [warning] = source.warnings
    assert warning.startswith("PICAMERA_ANALOG_GAIN (environment)")


def test_a_size_that_the_sensor_has_not_is_told() -> None:
    """With what was asked for; the largest size is the sensor's."""
    with pytest.raises(CameraError, match=r"PICAMERA_RESOLUTION \(4000, 3000\).*Argument is invalid"):
        opened_never(VGA | {"PICAMERA_RESOLUTION": "4000x3000"})


def opened_never(environment: dict[str, str]) -> None:
    with opened(environment):
        pytest.fail("it opened")


def test_video_keeps_what_only_stills_could_lose() -> None:
    """All properties are the camera's: video and stills look the same, and no warning says otherwise."""
    with opened(VIDEO | {"PICAMERA_HFLIP": "true", "PICAMERA_ANNOTATE_TEXT": "x"}) as source:
        assert source.warnings == ()
