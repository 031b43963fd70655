"""The `PICAMERA2_*` names of the SINETStream sample: picamera2's configuration and libcamera's controls.

Control names and types are libcamera's (`control_ids_core.yaml`, `_draft`, `_rpi` of Raspberry Pi's
0.7), those that a program may set. Which of them a camera has only the camera knows.
"""

from __future__ import annotations

import re

from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.parsers import BOOLEAN, choice, integer, number, sequence

SECTION = "Raspberry Pi camera, picamera2's names"
CONTROLS_PREFIX = "PICAMERA2_CONTROLS_"

_FORMATS = choice(
    "BGR888 RGB888 XBGR8888 XRGB8888 RGB161616 BGR161616 YUV420 YVU420 NV12 NV21 YUYV YVYU UYVY VYUY MJPEG"
)
_RECTANGLE = re.compile(r"\(\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*\)")


def _rectangles(text: str) -> tuple[tuple[int, ...], ...]:
    if not re.fullmatch(rf"\s*\(?\s*{_RECTANGLE.pattern}(\s*,\s*{_RECTANGLE.pattern})*\s*,?\s*\)?\s*", text):
        raise Bad("is not in that form")
    return tuple(tuple(int(side) for side in sides) for sides in _RECTANGLE.findall(text))


_FLOAT, _INT = number(), integer(-(2**31), 2**31 - 1)
_MICROSECONDS = integer(1, 10**9, "microseconds")
_RECT = sequence(integer(0, 65535), (4,), "(x,y,width,height) in pixels")
_RECTS = Kind("(x,y,width,height), several with commas between", _rectangles)


_WORDS: dict[Kind, tuple[str, ...]] = {}


def _modes(names: str) -> Kind:
    kind = choice(names, numbered=True)
    _WORDS[kind] = tuple(names.split())
    return kind


CONTROLS: dict[str, Kind] = {
    "AeEnable": BOOLEAN,
    "AeMeteringMode": _modes("CentreWeighted Spot Matrix Custom"),
    "AeConstraintMode": _modes("Normal Highlight Shadows Custom"),
    "AeExposureMode": _modes("Normal Short Long Custom"),
    "AeFlickerMode": _modes("Off Manual Auto"),
    "AeFlickerPeriod": _MICROSECONDS,
    "ExposureValue": number(-8, 8, "stops"),
    "ExposureTime": _MICROSECONDS,
    "ExposureTimeMode": _modes("Auto Manual"),
    "AnalogueGain": number(0, 256),
    "AnalogueGainMode": _modes("Auto Manual"),
    "DigitalGain": number(0, 256),
    "Brightness": number(-1, 1),
    "Contrast": number(0, 32),
    "Saturation": number(0, 32),
    "Sharpness": number(0, 16),
    "Gamma": number(0, 10),
    "Hue": _FLOAT,
    "AwbEnable": BOOLEAN,
    "AwbMode": _modes("Auto Incandescent Tungsten Fluorescent Indoor Daylight Cloudy Custom"),
    "ColourGains": sequence(number(0, 32), (2,), "(red,blue) gains"),
    "ColourTemperature": integer(100, 100_000, "kelvin"),
    "ColourCorrectionMatrix": sequence(_FLOAT, (9,), "9 numbers with commas between"),
    "ScalerCrop": _RECT,
    "ScalerCrops": _RECTS,
    "FrameDurationLimits": sequence(_MICROSECONDS, (2,), "(shortest,longest) in microseconds"),
    "AfMode": _modes("Manual Auto Continuous"),
    "AfRange": _modes("Normal Macro Full"),
    "AfSpeed": _modes("Normal Fast"),
    "AfMetering": _modes("Auto Windows"),
    "AfWindows": _RECTS,
    "AfTrigger": _modes("Start Cancel"),
    "AfPause": _modes("Immediate Deferred Resume"),
    "LensPosition": number(0, 100, "dioptres"),
    "HdrMode": _modes("Off MultiExposureUnmerged MultiExposure SingleExposure Night"),
    "WdrMode": _modes("Off Linear Power Exponential HistogramEqualization"),
    "WdrStrength": _FLOAT,
    "WdrMaxBrightPixels": _FLOAT,
    "LensDewarpEnable": BOOLEAN,
    "LensShadingCorrectionEnable": BOOLEAN,
    "DebugMetadataEnable": BOOLEAN,
    "AePrecaptureTrigger": _modes("Idle Start Cancel"),
    "NoiseReductionMode": _modes("Off Fast HighQuality Minimal ZSL"),
    "ColorCorrectionAberrationMode": _modes("Off Fast HighQuality"),
    "LensShadingMapMode": _modes("Off On"),
    "TestPatternMode": _modes("Off SolidColor ColorBars ColorBarsFadeToGray Pn9 Custom1"),
    "FaceDetectMode": _modes("Off Simple Full"),
    "StatsOutputEnable": BOOLEAN,
    "SyncMode": _modes("Off Server Client"),
    "SyncFrames": _INT,
    "CnnEnableInputTensor": BOOLEAN,
}
"""By libcamera's own names. An enumeration takes its names without their common beginning, or numbers."""


def words(control: str) -> tuple[str, ...]:
    """The words of an enumeration in the order of libcamera's numbers from 0; of another control, none."""
    return _WORDS.get(CONTROLS[control], ())


def variable(control: str) -> str:
    """The variable of a control: `AwbMode` is `PICAMERA2_CONTROLS_AWB_MODE`."""
    return CONTROLS_PREFIX + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", control).upper()


SETTINGS = (
    Setting("PICAMERA2_FORMAT", _FORMATS, "Pixel format of the main stream.", SECTION),
    Setting("PICAMERA2_MAIN_FORMAT", _FORMATS, "The same; goes before `PICAMERA2_FORMAT`.", SECTION),
    Setting(
        "PICAMERA2_COLOUR_SPACE",
        choice("Sycc Smpte170m Rec709 Srgb Rec2020 Raw"),
        "Colour space.",
        SECTION,
    ),
    Setting("PICAMERA2_BUFFER_COUNT", integer(1, 16), "Buffers that the camera fills in turn.", SECTION),
    Setting("PICAMERA2_TRANSFORM_HFLIP", BOOLEAN, "Mirror left and right.", SECTION),
    Setting("PICAMERA2_TRANSFORM_VFLIP", BOOLEAN, "Mirror top and bottom.", SECTION),
    Setting("PICAMERA2_TRANSFORM_TRANSPOSE", BOOLEAN, "Swap rows and columns.", SECTION),
    *(
        Setting(variable(name), kind, f"libcamera's control {name}.", SECTION)
        for name, kind in CONTROLS.items()
    ),
)
