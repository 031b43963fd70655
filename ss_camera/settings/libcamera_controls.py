"""The `PICAMERA2_*` names of the SINETStream sample: picamera2's configuration and libcamera's controls.

Control names and types are libcamera's (`control_ids_core.yaml`, `_draft`, `_rpi` of Raspberry Pi's
0.7), those that a program may set. Which of them a camera has only the camera knows.
"""

from __future__ import annotations

import re
from collections.abc import Container

from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.parsers import BOOLEAN, choice, integer, number, sequence
from ss_camera.settings.picamera_forms import SWITCH, rising, whole

SECTION = "Raspberry Pi camera, picamera2's names"
CONTROLS_PREFIX = "PICAMERA2_CONTROLS_"
_TRANSFORM = "PICAMERA2_TRANSFORM_"
_PREFIXES = ("PICAMERA_", "PICAMERA2_", "CAMERA_")

_FORMATS = choice(
    "BGR888 RGB888 XBGR8888 XRGB8888 RGB161616 BGR161616 YUV420 YVU420 NV12 NV21 YUYV YVYU UYVY VYUY MJPEG"
)
_RECTANGLE = re.compile(r"\(\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*\)")


def _rectangles(text: str) -> tuple[tuple[int, ...], ...]:
    if not re.fullmatch(rf"\s*\(?\s*{_RECTANGLE.pattern}(\s*,\s*{_RECTANGLE.pattern})*\s*,?\s*\)?\s*", text):
        raise Bad("is not in that form")
    return tuple(tuple(int(side) for side in sides) for sides in _RECTANGLE.findall(text))


_FLOAT, _INT = number(), whole(-(2**31), 2**31 - 1)
_MICROSECONDS = whole(1, 10**9, "microseconds")
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
    "ColourTemperature": whole(100, 100_000, "kelvin"),
    "ColourCorrectionMatrix": sequence(_FLOAT, (9,), "9 numbers with commas between"),
    "ScalerCrop": _RECT,
    "ScalerCrops": _RECTS,
    "FrameDurationLimits": rising(_MICROSECONDS, "(shortest,longest) in microseconds"),
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


_EQUAL = {
    "ISO": "ANALOGUE_GAIN",
    "ANALOG_GAIN": "ANALOGUE_GAIN",
    "SHUTTER_SPEED": "EXPOSURE_TIME",
    "EXPOSURE_COMPENSATION": "EXPOSURE_VALUE",
    "EXPOSURE_MODE": "AE_EXPOSURE_MODE",
    "METER_MODE": "AE_METERING_MODE",
    "AWB_GAINS": "COLOUR_GAINS",
    "FRAMERATE": "FRAME_RATE",
    "FRAMERATE_RANGE": "FRAME_DURATION_LIMITS",
    "ZOOM": "SCALER_CROP",
    "IMAGE_DENOISE": "NOISE_REDUCTION_MODE",
    "VIDEO_DENOISE": "NOISE_REDUCTION_MODE",
}
"""picamera's properties and the controls that are nearest to them."""


def other_names(name: str, known: Container[str]) -> list[str]:
    """The settings that a name which is none was probably meant to be, by its part after the prefix.

    `PICAMERA2_ISO` was meant to be `PICAMERA_ISO` or `PICAMERA2_CONTROLS_ANALOGUE_GAIN`.
    """
    prefix = next(
        (one for one in (CONTROLS_PREFIX, _TRANSFORM, *_PREFIXES, "CAPTURE_") if name.startswith(one)), None
    )
    if prefix is None:
        return []
    part = name.removeprefix(prefix)
    meant = (*(beginning + part for beginning in _PREFIXES), _TRANSFORM + part)
    meant = (*meant, CONTROLS_PREFIX + _EQUAL.get(part, part))
    return [other for other in meant if other in known and other != name]


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
    Setting("PICAMERA2_TRANSFORM_HFLIP", SWITCH, "Mirror left and right.", SECTION),
    Setting("PICAMERA2_TRANSFORM_VFLIP", SWITCH, "Mirror top and bottom.", SECTION),
    Setting("PICAMERA2_TRANSFORM_TRANSPOSE", SWITCH, "Swap rows and columns.", SECTION),
    *(
        Setting(variable(name), kind, f"libcamera's control {name}.", SECTION)
        for name, kind in CONTROLS.items()
    ),
)
