"""Camera properties that are right by themselves in, what does not fit beside each other out."""

from __future__ import annotations

from ss_camera.settings.camera_settings import FASTEST, SLOWEST
from ss_camera.settings.declare import clash
from ss_camera.settings.model import Schedule
from ss_camera.settings.picamera_properties import EFFECT_PARAMETERS, EFFECT_RANGES
from ss_camera.settings.timing import SECONDS
from ss_camera.settings.values import Values

_LEGACY_FASTEST = 120.0
"""Frames a second: picamera's `MAX_FRAMERATE` for every camera but the first, which has 90."""
_LEGACY_LARGEST = (4056, 3040)
"""Pixels of the largest sensor that the firmware of picamera drives (IMX477)."""

_STILLS_A_SECOND = 10.0
"""Where neither SCHEDULE nor a frame rate is set."""

_TAGS = "PICAMERA_EXIF_TAGS__"
_LARGEST_TAGS = 32 * 1024
_RANGE, _DELTA = "PICAMERA_FRAMERATE_RANGE", "PICAMERA_FRAMERATE_DELTA"
_EXPOSURES = ("PICAMERA2_CONTROLS_EXPOSURE_TIME", "PICAMERA_SHUTTER_SPEED")
SIZES = ("PICAMERA2_MAIN_SIZE", "PICAMERA2_SIZE", "PICAMERA_RESOLUTION")
RATES = ("PICAMERA2_CONTROLS_FRAME_RATE", "PICAMERA_FRAMERATE")
"""The names of one thing; the first that is given counts."""


def check(values: Values, kind: str, framerate: float | None, problems: list[str]) -> None:
    """Append what no camera takes, and what a camera of this kind does not."""
    _effect(values, problems)
    _rates(values, framerate, problems)
    _tags(values, problems)
    if kind == "picamera":
        _legacy_limits(values, problems)


def too_often(values: Values, schedule: Schedule | None, framerate: float | None) -> str | None:
    """A sentence where stills are due more often than frames are exposed."""
    longest = max(values.get(name, int) or 0 for name in _EXPOSURES) / 1e6
    frame_s = 1 / framerate if framerate else longest
    if schedule is None:
        return None if framerate else _too_long(values, longest)
    name = next((one for one in (RATES if framerate else _EXPOSURES) if one in values), "")
    interval_s = schedule.count * SECONDS.get(schedule.unit, SECONDS["week"])
    if frame_s <= interval_s:
        return None
    return f"SCHEDULE asks for a still every {interval_s} s; {name} makes each frame {frame_s:g} s long"


def _too_long(values: Values, longest_s: float) -> str | None:
    if longest_s * _STILLS_A_SECOND <= 1 or values.get("STILLS", bool) is False:
        return None
    name = next(one for one in _EXPOSURES if one in values)
    return (
        f"{name} makes each frame {longest_s:g} s long, and {_STILLS_A_SECOND:g} stills a second are due: "
        "set SCHEDULE or PICAMERA_FRAMERATE"
    )


def _effect(values: Values, problems: list[str]) -> None:
    name = "PICAMERA_IMAGE_EFFECT_PARAMS"
    params = values.get(name, tuple)
    if params is None or "PICAMERA_IMAGE_EFFECT" in values.failed:
        return
    effect = values.get("PICAMERA_IMAGE_EFFECT", str) or "none"
    counts = EFFECT_PARAMETERS.get(effect, ())
    if not counts:
        known = ", ".join(EFFECT_PARAMETERS)
        wrong = f"has values, and PICAMERA_IMAGE_EFFECT={effect} takes none"
        problems.append(clash(values.raw(name), wrong, f"one of the effects {known}"))
    elif len(params) not in counts:
        wrong = f"has {len(params)} values for PICAMERA_IMAGE_EFFECT={effect}"
        problems.append(clash(values.raw(name), wrong, " or ".join(map(str, counts)) + " of them"))


def cut_parameters(values: Values) -> str | None:
    """A sentence where an effect's parameter is beyond what the effect takes."""
    name = "PICAMERA_IMAGE_EFFECT_PARAMS"
    params, effect = values.get(name, tuple), values.get("PICAMERA_IMAGE_EFFECT", str) or ""
    low, high = EFFECT_RANGES.get(effect, (0, 0))
    if not params or low == high or low <= params[0] <= high:
        return None
    used = min(high, max(low, params[0]))
    return f"{name}: PICAMERA_IMAGE_EFFECT={effect} takes {low} to {high}; {params[0]:g} counts as {used:g}"


def stretched(values: Values, size: tuple[int, int] | None) -> str | None:
    """A sentence where stills are made of another shape than that of the picture, which may be turned."""
    name = "CAPTURE_RESIZE"
    resize = values.get(name, tuple)
    if resize is None or size is None:
        return None
    across = (values.get("PICAMERA_ROTATION", int) or 0) % 180 != 0
    across = values.get("PICAMERA2_TRANSFORM_TRANSPOSE", bool) or across
    width, height = reversed(size) if across else size
    if abs(resize[0] * height - resize[1] * width) <= width + height:  # sides are even
        return None
    return f"{name}: stills are stretched to {resize[0]}x{resize[1]}; the picture has {width}x{height}"


def _tags(values: Values, problems: list[str]) -> None:
    sizes = {name: len(values.raw(name).text.encode()) for name in values.given if name.startswith(_TAGS)}
    if sum(sizes.values()) > _LARGEST_TAGS:
        largest = max(sizes, key=lambda name: sizes[name])
        wrong = f"brings the EXIF tags to {sum(sizes.values())} bytes"
        expected = f"at most {_LARGEST_TAGS}: a JPEG has room for 64 KiB, the camera's own tags among them"
        problems.append(clash(values.raw(largest), wrong, expected))


def _rates(values: Values, framerate: float | None, problems: list[str]) -> None:
    if _RANGE in values and framerate is not None:
        name = next(one for one in RATES if one in values)
        problems.append(clash(values.raw(_RANGE), f"cannot be used together with {name}", "one of them"))
    delta = values.get(_DELTA, float)
    if delta is None:
        return
    if _RANGE in values:
        problems.append(clash(values.raw(_DELTA), f"cannot be used together with {_RANGE}", "one of them"))
    elif framerate is not None and not SLOWEST <= framerate + delta <= FASTEST:
        wrong = f"makes the rate {framerate + delta:g} frames a second"
        problems.append(clash(values.raw(_DELTA), wrong, f"a rate from {SLOWEST:g} to {FASTEST:g}"))


def _legacy_limits(values: Values, problems: list[str]) -> None:
    width, height = _LEGACY_LARGEST
    for name in (one for one in SIZES if one in values):
        size = values.get(name, tuple) or (0, 0)
        if size[0] > width or size[1] > height:
            wrong = f"{size[0]}x{size[1]} is larger than any sensor of CAMERA=picamera"
            problems.append(clash(values.raw(name), wrong, f"at most {width}x{height}"))
    rates = {name: values.get(name, float) or 0.0 for name in RATES if name in values}
    rates |= {name: max(values.get(name, tuple) or (0.0,)) for name in (_RANGE,) if name in values}
    for name, fastest in rates.items():
        if fastest > _LEGACY_FASTEST:
            wrong = f"{fastest:g} is faster than CAMERA=picamera can"
            problems.append(clash(values.raw(name), wrong, f"at most {_LEGACY_FASTEST:g} frames a second"))
