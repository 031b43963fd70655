"""The value of one setting in, what it asks of picamera out, by the names of its arguments and properties."""

from __future__ import annotations

from typing import Any

from ss_camera.properties.asked import Converter, one_of, same, unless
from ss_camera.properties.drawn import TONES, Tone
from ss_camera.properties.how import Stack
from ss_camera.properties.table import ROWS, can
from ss_camera.settings.camera_settings import FASTEST, SLOWEST
from ss_camera.settings.libcamera_controls import variable

CONSTRUCTOR = (
    *("stereo_mode", "stereo_decimate", "sensor_mode", "led_pin", "clock_mode"),
    *("framerate", "framerate_range"),
)
"""What only `PiCamera(...)` takes, or takes without stopping and starting the camera."""

CAPTURE = ("use_video_port", "splitter_port", "resize", "quality", "restart", "thumbnail", "bayer")
PICAMERAX_ONLY = ("colorspace", "analog_gain", "digital_gain", "isp_blocks")
_NOT_HERE = (
    "CAPTURE_QUALITY",
    "CAPTURE_FORMAT",
    "PICAMERA_RESOLUTION",
    "PICAMERA_FRAMERATE",
    "PICAMERA_CAMERA_NUM",
)

_MOST_SIXTHS = 25
_MOST_ISO = 1600
_MOST_GAIN = 8.0
_METERING = {"CentreWeighted": "average", "Spot": "spot", "Matrix": "matrix"}
_EXPOSURE = {"Normal": "auto", "Short": "sports", "Long": "night"}
_AWB = {
    "Auto": "auto",
    "Incandescent": "incandescent",
    "Tungsten": "tungsten",
    "Fluorescent": "fluorescent",
    "Daylight": "sunlight",
    "Cloudy": "cloudy",
}
_COLOUR_SPACES = {"Sycc": "jfif", "Smpte170m": "bt601", "Rec709": "bt709"}


def converters(library: str) -> dict[str, Converter]:
    """For each setting that picamera can do: what it asks of `library`."""
    found = dict(_CONVERTERS)
    if library == "picamerax":
        found[variable("AnalogueGain")] = same("analog_gain")
    else:
        found["PICAMERA_AWB_MODE"] = lambda value: None if value == "greyworld" else {"awb_mode": value}
    return found


def _own_names() -> dict[str, Converter]:
    """picamera's own settings, by its own names."""
    found = {}
    for one in ROWS:
        prefix = next((p for p in ("PICAMERA_", "CAPTURE_") if one.name.startswith(p)), None)
        if prefix and can(one.name, Stack.PICAMERA) and one.name not in _NOT_HERE:
            found[one.name] = same(one.name.removeprefix(prefix).lower())
    return found


def _whole(tone: Tone) -> Converter:
    return lambda value: {tone.field: tone.whole(value)}


def _gains(value: Any) -> dict[str, object]:
    return {"awb_mode": "off", "awb_gains": tuple(min(_MOST_GAIN, gain) for gain in value)}


def _frame_rates(value: Any) -> dict[str, object] | None:
    lowest, highest = 1e6 / max(value), 1e6 / min(value)
    if lowest < SLOWEST or highest > FASTEST:
        return None
    return {"framerate": highest} if lowest == highest else {"framerate_range": (lowest, highest)}


def _denoise(value: Any) -> dict[str, object]:
    return {"image_denoise": value != "Off", "video_denoise": value != "Off"}


_CONVERTERS: dict[str, Converter] = {
    **_own_names(),
    **{variable(control): _whole(tone) for control, tone in TONES.items()},
    "PICAMERA_CROP": same("zoom"),
    "PICAMERA2_TRANSFORM_HFLIP": same("hflip"),
    "PICAMERA2_TRANSFORM_VFLIP": same("vflip"),
    "PICAMERA2_TRANSFORM_TRANSPOSE": same("transpose"),
    "PICAMERA2_COLOUR_SPACE": one_of("colorspace", _COLOUR_SPACES),
    variable("AeEnable"): unless(True, lambda value: {"exposure_mode": "off"}),
    variable("AeMeteringMode"): one_of("meter_mode", _METERING),
    variable("AeExposureMode"): one_of("exposure_mode", _EXPOSURE),
    variable("ExposureValue"): lambda value: {
        "exposure_compensation": max(-_MOST_SIXTHS, min(_MOST_SIXTHS, round(value * 6)))
    },
    variable("ExposureTime"): same("shutter_speed"),
    variable("ExposureTimeMode"): same("exposure_time_mode"),
    variable("AnalogueGain"): unless(0, lambda value: {"iso": max(1, min(_MOST_ISO, round(value * 100)))}),
    variable("AnalogueGainMode"): same("analogue_gain_mode"),
    variable("DigitalGain"): same("digital_gain"),
    variable("AwbEnable"): unless(True, lambda value: {"awb_mode": "off"}),
    variable("AwbMode"): one_of("awb_mode", _AWB),
    variable("ColourGains"): _gains,
    variable("FrameDurationLimits"): _frame_rates,
    variable("NoiseReductionMode"): _denoise,
}
