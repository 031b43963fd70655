"""Settings of the camera as a user may write them, every one of them valid: for tests that try any.

`texts()` is a strategy of hypothesis: variables with their texts, which `camera()` reads as the program does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from ss_camera.settings.libcamera_controls import CONTROLS, variable, words
from ss_camera.settings.model import CameraSettings
from ss_camera.settings.picamera_properties import EFFECT_PARAMETERS
from tests.settings.loading import loaded

Texts = st.SearchStrategy[str]


def camera(given: Mapping[str, str], kind: str) -> CameraSettings:
    """The settings as a source of `kind` gets them."""
    return replace(loaded({**given, "CAMERA": "auto"}).camera, kind=kind)


def _whole(low: int, high: int) -> Texts:
    return st.integers(low, high).map(str)


def _decimal(low: float, high: float) -> Texts:
    return st.floats(low, high).map(lambda number: f"{number:.4f}").filter(lambda text: float(text) >= low)


def _group(item: Texts, count: int) -> Texts:
    return st.lists(item, min_size=count, max_size=count).map(lambda items: f"({','.join(items)})")


def _rising(low: float, high: float, form: str) -> Texts:
    pair = st.lists(st.floats(low, high), min_size=2, max_size=2).map(sorted)
    return pair.map(lambda numbers: "(" + ",".join(format(number, form) for number in numbers) + ")")


def _one_of(spaced: str) -> Texts:
    return st.sampled_from(spaced.split())


def _zoom() -> Texts:
    side, length = st.floats(0, 1), st.floats(0.01, 1)
    return st.tuples(side, side, length, length).map(
        lambda part: "({:.3f},{:.3f},{:.3f},{:.3f})".format(*part)
    )


_SWITCH = _one_of("true false")
_PERCENT = _whole(-100, 100)
_COLOUR = st.one_of(
    _one_of("red Gold lightslategrey #f80 #0a1B2c"), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
)
_RECTANGLE = _group(_whole(0, 4000), 4)
_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=60).filter(
    lambda text: text.strip() and not {text.strip()[0], text.strip()[-1]} & {"'", '"'}
)

PICAMERA: dict[str, Texts] = {
    "PICAMERA_STEREO_MODE": _one_of("none side-by-side top-bottom"),
    "PICAMERA_STEREO_DECIMATE": _SWITCH,
    "PICAMERA_SENSOR_MODE": _whole(0, 7),
    "PICAMERA_LED_PIN": _whole(0, 53),
    "PICAMERA_CLOCK_MODE": _one_of("reset raw"),
    "PICAMERA_FRAMERATE_RANGE": _rising(0.1, 90, ".2f"),
    "PICAMERA_FRAMERATE_DELTA": _decimal(-0.05, 1),
    "PICAMERA_BRIGHTNESS": _whole(0, 100),
    "PICAMERA_CONTRAST": _PERCENT,
    "PICAMERA_SATURATION": _PERCENT,
    "PICAMERA_SHARPNESS": _PERCENT,
    "PICAMERA_ISO": st.one_of(_whole(0, 1600), st.just("auto")),
    "PICAMERA_ANALOG_GAIN": _decimal(0, 64),
    "PICAMERA_DIGITAL_GAIN": _decimal(0, 64),
    "PICAMERA_SHUTTER_SPEED": _whole(0, 200_000_000),
    "PICAMERA_EXPOSURE_COMPENSATION": _whole(-25, 25),
    "PICAMERA_EXPOSURE_MODE": _one_of(
        "off auto night nightpreview backlight spotlight sports snow beach verylong fixedfps antishake "
        "fireworks"
    ),
    "PICAMERA_METER_MODE": _one_of("average spot backlit matrix"),
    "PICAMERA_AWB_MODE": _one_of(
        "off auto sunlight cloudy shade tungsten fluorescent incandescent flash horizon greyworld"
    ),
    "PICAMERA_AWB_GAINS": st.one_of(_decimal(0, 8), _group(_decimal(0, 8), 2)),
    "PICAMERA_FLASH_MODE": _one_of("off auto on redeye fillin torch"),
    "PICAMERA_DRC_STRENGTH": _one_of("off low medium high"),
    "PICAMERA_IMAGE_EFFECT": _one_of(
        "none negative solarize sketch denoise emboss oilpaint hatch gpen pastel watercolor film blur "
        "saturation colorswap washedout posterise colorpoint colorbalance cartoon deinterlace1 deinterlace2"
    ),
    "PICAMERA_COLOR_EFFECTS": st.one_of(st.just("none"), st.just("(128,128)"), _group(_whole(0, 255), 2)),
    "PICAMERA_ROTATION": _one_of("0 90 180 270 -90 360"),
    "PICAMERA_HFLIP": _SWITCH,
    "PICAMERA_VFLIP": _SWITCH,
    "PICAMERA_ZOOM": _zoom(),
    "PICAMERA_CROP": _zoom(),
    "PICAMERA_VIDEO_STABILIZATION": _SWITCH,
    "PICAMERA_VIDEO_DENOISE": _SWITCH,
    "PICAMERA_IMAGE_DENOISE": _SWITCH,
    "PICAMERA_STILL_STATS": _SWITCH,
    "PICAMERA_LED": _SWITCH,
    "PICAMERA_ANNOTATE_TEXT": _TEXT,
    "PICAMERA_ANNOTATE_TEXT_SIZE": _whole(6, 160),
    "PICAMERA_ANNOTATE_FRAME_NUM": _SWITCH,
    "PICAMERA_ANNOTATE_FOREGROUND": _COLOUR,
    "PICAMERA_ANNOTATE_BACKGROUND": st.one_of(st.just("none"), _COLOUR),
    "PICAMERA_COLORSPACE": _one_of("auto jfif bt601 bt709"),
    "PICAMERA_ISP_BLOCKS": st.lists(_one_of("black-level gamma demosaic sharpening"), min_size=1).map(
        ",".join
    ),
    "PICAMERA_PREVIEW_ALPHA": _whole(0, 255),
    "PICAMERA_PREVIEW_LAYER": _whole(0, 255),
    "PICAMERA_PREVIEW_FULLSCREEN": _SWITCH,
    "PICAMERA_PREVIEW_WINDOW": _group(_whole(0, 4000), 4),
    "PICAMERA_RAW_FORMAT": _one_of("yuv rgb rgba bgr bgra"),
    "PICAMERA_EXIF_TAGS__IFD0.Copyright": _TEXT,
    "CAPTURE_FORMAT": st.just("jpeg"),
    "CAPTURE_USE_VIDEO_PORT": _SWITCH,
    "CAPTURE_SPLITTER_PORT": _whole(0, 3),
    "CAPTURE_RESIZE": _one_of("QVGA VGA 64x48 800x600"),
    "CAPTURE_THUMBNAIL": st.one_of(st.just("none"), _group(_whole(1, 100), 3)),
    "CAPTURE_RESTART": _whole(0, 1000),
    "CAPTURE_BAYER": _SWITCH,
    "CAPTURE_BURST": _SWITCH,
}
"""Texts in range by name. `PICAMERA_IMAGE_EFFECT_PARAMS` goes with its effect: see `texts`."""

_NUMBERS: dict[str, Texts] = {
    "AeFlickerPeriod": _whole(1, 10**6),
    "ExposureValue": _decimal(-8, 8),
    "ExposureTime": _whole(1, 10**7),
    "AnalogueGain": _decimal(0, 256),
    "DigitalGain": _decimal(0, 256),
    "Brightness": _decimal(-1, 1),
    "Contrast": _decimal(0, 32),
    "Saturation": _decimal(0, 32),
    "Sharpness": _decimal(0, 16),
    "Gamma": _decimal(0, 10),
    "Hue": _decimal(-90, 90),
    "ColourGains": _group(_decimal(0, 32), 2),
    "ColourTemperature": _whole(100, 100_000),
    "ColourCorrectionMatrix": _group(_decimal(-8, 8), 9),
    "ScalerCrop": _RECTANGLE,
    "ScalerCrops": st.lists(_RECTANGLE, min_size=1, max_size=2).map(",".join),
    "FrameDurationLimits": _rising(1, 10**7, ".0f"),
    "AfWindows": st.lists(_RECTANGLE, min_size=1, max_size=2).map(",".join),
    "LensPosition": _decimal(0, 100),
    "WdrStrength": _decimal(0, 8),
    "WdrMaxBrightPixels": _decimal(0, 1),
    "SyncFrames": _whole(0, 1000),
}


def _control(name: str) -> Texts:
    if words(name):
        return st.sampled_from(words(name))
    return _NUMBERS.get(name, _SWITCH)


_FORMATS = _one_of("BGR888 RGB888 XBGR8888 XRGB8888 YUV420 NV12 YUYV")
PICAMERA2: dict[str, Texts] = {
    "PICAMERA2_MAIN_FORMAT": _FORMATS,
    "PICAMERA2_FORMAT": _FORMATS,
    "PICAMERA2_COLOUR_SPACE": _one_of("Sycc Smpte170m Rec709 Srgb Rec2020 Raw"),
    "PICAMERA2_BUFFER_COUNT": _whole(1, 16),
    "PICAMERA2_TRANSFORM_HFLIP": _SWITCH,
    "PICAMERA2_TRANSFORM_VFLIP": _SWITCH,
    "PICAMERA2_TRANSFORM_TRANSPOSE": _SWITCH,
    **{variable(name): _control(name) for name in CONTROLS},
}
"""Texts in range by name."""


@st.composite
def texts(draw: st.DrawFn, names: Mapping[str, Texts] | None = None) -> dict[str, str]:
    """Some settings of `names` (all, if None) that the program starts with, each with a text in range."""
    known = {**PICAMERA, **PICAMERA2} if names is None else names
    chosen = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=12))
    given = {name: draw(known[name]) for name in chosen}
    counts = EFFECT_PARAMETERS.get(given.get("PICAMERA_IMAGE_EFFECT", ""), ())
    if counts and draw(st.booleans()):
        given["PICAMERA_IMAGE_EFFECT_PARAMS"] = draw(_group(_whole(0, 255), draw(st.sampled_from(counts))))
    if "PICAMERA_FRAMERATE_RANGE" in given:
        given.pop("PICAMERA_FRAMERATE_DELTA", None)
    return given
