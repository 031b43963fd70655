"""The settings that a stack can do in, those that make sense beside each other out; a sentence on the rest.

The settings refuse most of this at start. It is looked at again here, as no source may fail of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ss_camera.settings.camera_settings import FASTEST, SLOWEST
from ss_camera.settings.model import CameraSettings, Property
from ss_camera.settings.picamera_properties import EFFECT_PARAMETERS

_USUAL_RATE = 30.0
"""Frames a second of a Pi camera that is told none, by picamera and by picamera2."""
USUAL_FRAME_US = round(1e6 / _USUAL_RATE)
CUT = "is longer than a frame and is cut: ask for a lower frame rate"
"""Of an exposure."""

_ANNOTATES = ("PICAMERA_ANNOTATE_TEXT", "PICAMERA_ANNOTATE_FRAME_NUM")

Given = Mapping[str, Property]


def fitting(possible: Given, camera: CameraSettings, warnings: list[str]) -> Iterator[Property]:
    """Each of `possible` that can have an effect beside the others; a sentence is added for one that cannot.

    `camera` has all that was given, possible on this stack or not.
    """
    for name, given in possible.items():
        wrong = _WRONG[name](given, camera) if name in _WRONG else None
        odd = wrong or (_held_colours(given, possible) if name == "PICAMERA_AWB_MODE" else None)
        if odd:
            warnings.append(f"{name} ({given.origin.place}) {odd}")
        if not wrong:
            yield given


def _value(camera: CameraSettings, name: str) -> object:
    given = camera.properties.get(name)
    return given.value if given is not None else None


def _awb_gains(given: Property, camera: CameraSettings) -> str | None:
    if _is_off(camera, "PICAMERA_AWB_MODE", _AWB_ENABLE):
        return None
    return "has an effect with PICAMERA_AWB_MODE=off only and is not used"


_AE_ENABLE = "PICAMERA2_CONTROLS_AE_ENABLE"
_AWB_ENABLE = "PICAMERA2_CONTROLS_AWB_ENABLE"
_COLOUR_GAINS = "PICAMERA2_CONTROLS_COLOUR_GAINS"
_COLOUR_TEMPERATURE = "PICAMERA2_CONTROLS_COLOUR_TEMPERATURE"


def _is_off(camera: CameraSettings, mode: str, enable: str) -> bool:
    """libcamera's name goes before picamera's."""
    enabled = _value(camera, enable)
    return enabled is False or (enabled is None and _value(camera, mode) == "off")


def _overruled(enable: str) -> Callable[[Property, CameraSettings], str | None]:
    def wrong(given: Property, camera: CameraSettings) -> str | None:
        if given.value != "off" or _value(camera, enable) is not True:
            return None
        return f"is off and is not used: {enable}=true goes before it"

    return wrong


def _held_colours(given: Property, possible: Given) -> str | None:
    fixed = {"PICAMERA_AWB_GAINS", _COLOUR_GAINS, _COLOUR_TEMPERATURE} & possible.keys()
    if given.value != "off" or fixed:
        return None
    return "is off without PICAMERA_AWB_GAINS: the colours stay as they have settled at the start"


def _matrix(given: Property, camera: CameraSettings) -> str | None:
    """libcamera leaves it out while white balance is automatic (Raspberry Pi's ipa_base.cpp)."""
    fixed = {_COLOUR_GAINS, _COLOUR_TEMPERATURE} & set(camera.properties)
    if fixed or _is_off(camera, "PICAMERA_AWB_MODE", _AWB_ENABLE):
        return None
    return f"has an effect with {_AWB_ENABLE}=false or {_COLOUR_GAINS} only and is not used"


def _annotation(given: Property, camera: CameraSettings) -> str | None:
    if any(_value(camera, name) for name in _ANNOTATES):
        return None
    return f"has an effect with {_ANNOTATES[0]} or {_ANNOTATES[1]}=true only and is not used"


def _effect_params(given: Property, camera: CameraSettings) -> str | None:
    effect = _value(camera, "PICAMERA_IMAGE_EFFECT")
    counts = EFFECT_PARAMETERS.get(effect, ()) if isinstance(effect, str) else ()
    assert isinstance(given.value, tuple)
    if len(given.value) in counts:
        return None
    if not counts:
        return f"is not used: PICAMERA_IMAGE_EFFECT={effect or 'none'} has no parameters"
    wanted = " or ".join(str(count) for count in counts)
    return f"is not used: PICAMERA_IMAGE_EFFECT={effect} has {wanted} of them"


def _range(given: Property, camera: CameraSettings) -> str | None:
    if camera.framerate is not None:
        return "cannot be used together with PICAMERA_FRAMERATE and is not used"
    assert isinstance(given.value, tuple)
    return (
        "has its lowest rate above its highest and is not used" if given.value[0] > given.value[1] else None
    )


def _delta(given: Property, camera: CameraSettings) -> str | None:
    if "PICAMERA_FRAMERATE_RANGE" in camera.properties and camera.framerate is None:
        return "cannot be used together with PICAMERA_FRAMERATE_RANGE and is not used"
    assert isinstance(given.value, float | int)
    rate = (camera.framerate or _USUAL_RATE) + given.value
    if SLOWEST <= rate <= FASTEST:
        return None
    return f"makes the rate {rate:g} frames a second, which no camera has, and is not used"


def _zoom(given: Property, camera: CameraSettings) -> str | None:
    assert isinstance(given.value, tuple)
    return None if inside(given.value) else "leaves nothing of the picture and is not used"


def _bayer(given: Property, camera: CameraSettings) -> str | None:
    if not given.value or _value(camera, "CAPTURE_USE_VIDEO_PORT") is False:
        return None
    return "has an effect with CAPTURE_USE_VIDEO_PORT=false only and is not used"


def inside(zoom: tuple[float, ...]) -> tuple[float, float, float, float] | None:
    """The part of a zoom that lies in the picture, or None where there is none."""
    x, y, width, height = (min(1.0, max(0.0, side)) for side in zoom)
    width, height = min(width, 1 - x), min(height, 1 - y)
    return (x, y, width, height) if width > 0 and height > 0 else None


_WRONG: dict[str, Callable[[Property, CameraSettings], str | None]] = {
    "PICAMERA_AWB_GAINS": _awb_gains,
    "PICAMERA_AWB_MODE": _overruled(_AWB_ENABLE),
    "PICAMERA_EXPOSURE_MODE": _overruled(_AE_ENABLE),
    "PICAMERA2_CONTROLS_COLOUR_CORRECTION_MATRIX": _matrix,
    "PICAMERA_ANNOTATE_TEXT_SIZE": _annotation,
    "PICAMERA_ANNOTATE_FOREGROUND": _annotation,
    "PICAMERA_ANNOTATE_BACKGROUND": _annotation,
    "PICAMERA_IMAGE_EFFECT_PARAMS": _effect_params,
    "PICAMERA_FRAMERATE_RANGE": _range,
    "PICAMERA_FRAMERATE_DELTA": _delta,
    "PICAMERA_ZOOM": _zoom,
    "PICAMERA_CROP": _zoom,
    "CAPTURE_BAYER": _bayer,
}
