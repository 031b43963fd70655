"""Controls that are asked for in, those that the camera has out, within its bounds; and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from ss_camera.properties.asked import Asked
from ss_camera.settings.libcamera_controls import words

Advertised = Mapping[str, tuple[object, object, object]]
"""Least value, greatest value and default by libcamera's names, as `Picamera2.camera_controls` has them."""

_AS_GIVEN = ("ScalerCrop", "ScalerCrops", "AfWindows", "ColourCorrectionMatrix")
"""libcamera cuts rectangles to fit, and their bounds are of sizes and not of each number. It gives a matrix
bounds from 0, though every real one has numbers below."""


def within(controls: Mapping[str, object], advertised: Advertised, asked: Asked) -> dict[str, object]:
    """The controls as the camera can have them; what is left out or changed is said in `asked`."""
    possible = {}
    for name, value in controls.items():
        given = asked.by[name]
        if name not in advertised:
            asked.warn(given, f"sets libcamera's control {name}, which this camera does not have")
            continue
        low, high, _ = advertised[name]
        word = _unknown_word(name, value, high)
        if word:
            asked.warn(given, f"sets {name} to {word}, which this camera does not have")
            continue
        possible[name] = nearest = value if name in _AS_GIVEN else _nearest(value, low, high)
        # a slow rate is that of the stills, and not of a sensor that cannot be so slow
        is_rate = isinstance(given.value, float) and name == "FrameDurationLimits"
        if not _is_close(value, nearest) and (not is_rate or _is_shorter(value, nearest)):
            asked.warn(given, f"is outside what this camera has for {name}: {_plain(nearest)} is used")
    return possible


def _unknown_word(name: str, value: object, high: object) -> str | None:
    """The word of an enumeration, where the camera's last one stands before it."""
    if isinstance(value, str) and isinstance(high, int) and words(name).index(value) > high:
        return value
    return None


def _nearest(value: object, low: object, high: object) -> object:
    if isinstance(value, tuple):
        lows, highs = (side if isinstance(side, tuple) else (side,) * len(value) for side in (low, high))
        if len(lows) != len(value) or len(highs) != len(value):
            return value
        return tuple(_nearest(*one) for one in zip(value, lows, highs, strict=True))
    if not (_is_number(value) and _is_number(low) and _is_number(high)) or low > high:
        return value
    return type(value)(max(low, min(high, value)))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_close(value: object, other: object) -> bool:
    """Within a thousandth: times are rounded to a sensor's line."""
    if isinstance(value, tuple) and isinstance(other, tuple):
        return all(_is_close(*pair) for pair in zip(value, other, strict=True))
    if _is_number(value) and _is_number(other):
        return abs(value - other) <= abs(value) / 1000
    return value == other


def _is_shorter(wanted: object, possible: object) -> bool:
    """Whether the camera's frames are longer than was wanted: it is too slow. Too fast is no matter."""
    if not isinstance(wanted, tuple) or not isinstance(possible, tuple):
        return False
    return bool(wanted[0] < possible[0])


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ",".join(_plain(one) for one in value) + ")"
    return f"{value:g}" if isinstance(value, float) else str(value)
