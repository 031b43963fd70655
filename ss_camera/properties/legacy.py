"""Camera properties in, what picamera or picamerax is given out: arguments, assignments, capture options."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.properties.asked import Asked, ask, exif_tags, frame_rate, not_used
from ss_camera.properties.combinations import CUT, USUAL_FRAME_US
from ss_camera.properties.drawn import turn
from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.properties.how import Stack
from ss_camera.properties.legacy_values import CAPTURE, CONSTRUCTOR, PICAMERAX_ONLY, converters
from ss_camera.properties.software import beyond
from ss_camera.settings.model import CameraSettings

_AE_ENABLE = "PICAMERA2_CONTROLS_AE_ENABLE"
_FIRST = (
    # these stop and start the camera
    *("colorspace", "isp_blocks", "framerate_delta"),
    # an effect forgets its parameters when it is set, the gains count from when awb is off
    *("image_effect", "image_effect_params", "awb_mode", "awb_gains"),
)
_LAST = (
    *("iso", "analog_gain", "digital_gain", "shutter_speed"),
    # `off` freezes the gains as they are at that moment, and `led` may be refused
    *("exposure_mode", "led"),
)
_GUARDED = {"exposure_time_mode": ("shutter_speed",), "analogue_gain_mode": ("iso", "analog_gain")}
"""What libcamera's modes hold: `Auto` lets it go, `Manual` wants it."""


@dataclass(frozen=True)
class LegacyPlan:
    """Every value has the type that the library's setter takes, but for colours.

    `constructor`: arguments of `PiCamera`; `resolution` (with rotation 90 or 270 of the turned picture),
    `framerate` and `framerate_range` only where they were given. `assignments`: names and values to set,
    in this order; those of `annotate_foreground` and `annotate_background` are strings to be made a
    `picamera.Color`, None apart; the codes in `annotate_text` are to be expanded (`edits.text_at`);
    `exposure_mode` stands last, so that AE may settle before it becomes `off`, but for `led`, which the
    library may refuse, as it needs root and RPi.GPIO. `capture`: options of `capture()`, `use_video_port`
    (True unless given) and `quality` always; `splitter_port` only where given: video then takes another.
    `exif_tags` are written by the library only for stills of the still port without `resize`. `edits`: what
    is left to software. `warnings` as in `SoftwarePlan`.
    """

    constructor: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    assignments: tuple[tuple[str, object], ...] = ()
    capture: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    exif_tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    edits: Edits = UNEDITED
    warnings: tuple[str, ...] = ()


def legacy_plan(camera: CameraSettings, library: str) -> LegacyPlan:
    """What `library` (`picamera` or `picamerax`) is given. Never raises."""
    asked = ask(camera, Stack.PICAMERA, converters(library))
    asked.warnings.extend(beyond(camera))
    _leave_out_what_is_picameraxs(asked, library)
    _exposure(asked)
    _turn(asked)
    constructor = _constructor(asked, camera)
    capture = {"use_video_port": True, "quality": camera.quality}
    capture |= {name: asked.pop(name) for name in CAPTURE if name in asked.values}
    return LegacyPlan(
        constructor=MappingProxyType(constructor),
        assignments=tuple(sorted(asked.values.items(), key=lambda item: _rank(item[0]))),
        capture=MappingProxyType(capture),
        exif_tags=MappingProxyType(exif_tags(camera)),
        warnings=tuple(asked.warnings),
    )


def _rank(name: str) -> int:
    if name in _FIRST:
        return _FIRST.index(name) - len(_FIRST)
    return _LAST.index(name) + 1 if name in _LAST else 0


def _leave_out_what_is_picameraxs(asked: Asked, library: str) -> None:
    for name in [name for name in PICAMERAX_ONLY if name in asked.values and library != "picamerax"]:
        asked.warn(asked.by[name], "has an effect with picamerax only and is not used")
        asked.pop(name)


def _exposure(asked: Asked) -> None:
    values = asked.values
    for mode, fixed in _GUARDED.items():
        names = [name for name in fixed if values.get(name)]  # 0 is automatic
        word = asked.pop(mode)
        if word == "Auto":
            for name in names:
                asked.warnings.append(not_used(asked.by[name], asked.by[mode]))
                asked.pop(name)
        elif word and not names:
            asked.warn(asked.by[mode], "is Manual without a value to hold and is not used")
    by_ae = "exposure_mode" in values and asked.by["exposure_mode"].name == _AE_ENABLE
    if by_ae and values.get("iso") and values.get("shutter_speed"):
        # both are held already; `off` would freeze whatever gain the firmware has at the start
        asked.pop("exposure_mode")


def _turn(asked: Asked) -> None:
    turned = turn(asked)
    for name, value in (("hflip", turned.hflip), ("vflip", turned.vflip), ("rotation", turned.rotation)):
        if value:
            asked.values[name] = value


def _constructor(asked: Asked, camera: CameraSettings) -> dict[str, object]:
    found: dict[str, object] = {"camera_num": camera.num}
    if camera.width and camera.height:
        across = asked.values.get("rotation") in (90, 270)
        found["resolution"] = (camera.height, camera.width) if across else (camera.width, camera.height)
    found |= {name: asked.pop(name) for name in CONSTRUCTOR if name in asked.values}
    limits = {"framerate", "framerate_range"} & set(found)
    if limits and camera.framerate and not _is_rate(found, camera.framerate):
        asked.warnings.append(not_used(frame_rate(camera), asked.by[limits.pop()]))
    elif camera.framerate is not None:
        found["framerate"] = camera.framerate
    elif not limits:
        exposure_us = asked.values.get("shutter_speed")
        if isinstance(exposure_us, int) and exposure_us > USUAL_FRAME_US:
            # picamera's own 30 frames a second would cut the exposure
            found["framerate"] = 1e6 / exposure_us
    _warn_of_a_cut(asked, found)
    return found


def _is_rate(constructor: Mapping[str, object], framerate: float) -> bool:
    """Whether it is the rate that the constructor has; limits are whole microseconds, and it is not."""
    rate = constructor.get("framerate")
    return isinstance(rate, float) and math.isclose(rate, framerate, rel_tol=1e-4)


def _warn_of_a_cut(asked: Asked, constructor: Mapping[str, object]) -> None:
    """An exposure ends with its frame; of a range, the longest."""
    slowest, exposure_us = constructor.get("framerate"), asked.values.get("shutter_speed")
    limits = constructor.get("framerate_range")
    if isinstance(limits, tuple):
        slowest = limits[0]
    if isinstance(slowest, float | int) and isinstance(exposure_us, int) and exposure_us > 1e6 / slowest + 1:
        asked.warn(asked.by["shutter_speed"], CUT)
