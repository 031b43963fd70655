"""The value of one setting in, what it asks of libcamera out: controls, and what is left to software.

Names of controls are libcamera's; others are those of the fields of `Edits` and of `LibcameraPlan`.
"""

from __future__ import annotations

from typing import Any

from ss_camera.properties.asked import Converter, one_of, same, unless
from ss_camera.properties.drawn import DRAWN, TONES, TURNS, Tone
from ss_camera.settings.libcamera_controls import CONTROLS, variable

_SIXTHS_OF_A_STOP = 6
_ISO_OF_UNIT_GAIN = 100
"""As of the first camera module; the sensor's model is not known here."""

_AWB = {
    "sunlight": "Daylight",
    "cloudy": "Cloudy",
    "tungsten": "Tungsten",
    "fluorescent": "Fluorescent",
    "incandescent": "Incandescent",
    "auto": "Auto",
}
_EXPOSURE = {
    "auto": "Normal",
    "fixedfps": "Normal",
    "sports": "Short",
    "antishake": "Short",
    "night": "Long",
    "nightpreview": "Long",
    "verylong": "Long",
    "fireworks": "Long",
}
_METERING = {"average": "CentreWeighted", "backlit": "CentreWeighted", "spot": "Spot", "matrix": "Matrix"}
_COLOUR_SPACES = {"jfif": "Sycc", "bt601": "Smpte170m", "bt709": "Rec709"}


def _exposure_mode(value: Any) -> dict[str, object] | None:
    if value == "off":
        return {"AeEnable": False}
    if value == "spotlight":
        return {"AeConstraintMode": "Highlight"}
    return {"AeExposureMode": _EXPOSURE[value]} if value in _EXPOSURE else None


def _awb_mode(value: Any) -> dict[str, object] | None:
    if value == "off":
        return {"AwbEnable": False}
    return {"AwbMode": _AWB[value]} if value in _AWB else None


def _gains(value: Any) -> dict[str, object]:
    red, blue = value if isinstance(value, tuple) else (value, value)
    return {"ColourGains": (float(red), float(blue))}


def _frame_durations(value: Any) -> dict[str, object]:
    lowest, highest = value
    return {"FrameDurationLimits": (round(1e6 / highest), round(1e6 / lowest))}


def _number(control: str, tone: Tone) -> Converter:
    return lambda value: {control: tone.number(value)}


def _denoise(value: Any) -> dict[str, object]:
    return {"NoiseReductionMode": "Fast" if value else "Off"}


CONVERTERS: dict[str, Converter] = {
    **TURNS,
    **DRAWN,
    **{variable(control): same(control) for control in CONTROLS},
    **{f"PICAMERA_{tone.field.upper()}": _number(control, tone) for control, tone in TONES.items()},
    "PICAMERA2_MAIN_FORMAT": same("main_format"),
    "PICAMERA2_FORMAT": same("main_format"),
    "PICAMERA2_COLOUR_SPACE": same("colour_space"),
    "PICAMERA2_BUFFER_COUNT": same("buffer_count"),
    "PICAMERA_FRAMERATE_RANGE": _frame_durations,
    "PICAMERA_FRAMERATE_DELTA": same("framerate_delta"),
    "PICAMERA_ANALOG_GAIN": unless(0, same("AnalogueGain")),
    "PICAMERA_DIGITAL_GAIN": unless(0, same("DigitalGain")),
    "PICAMERA_ISO": unless(0, lambda value: {"AnalogueGain": value / _ISO_OF_UNIT_GAIN}),
    "PICAMERA_SHUTTER_SPEED": unless(0, same("ExposureTime")),
    "PICAMERA_EXPOSURE_COMPENSATION": lambda value: {"ExposureValue": value / _SIXTHS_OF_A_STOP},
    "PICAMERA_EXPOSURE_MODE": _exposure_mode,
    "PICAMERA_METER_MODE": one_of("AeMeteringMode", _METERING),
    "PICAMERA_AWB_MODE": _awb_mode,
    "PICAMERA_AWB_GAINS": _gains,
    "PICAMERA_IMAGE_DENOISE": _denoise,
    "PICAMERA_VIDEO_DENOISE": _denoise,
    "PICAMERA_COLORSPACE": unless("auto", one_of("colour_space", _COLOUR_SPACES)),
}
