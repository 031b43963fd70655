"""The camera's settings in, one `CameraSettings` out; of several names one goes first."""

from __future__ import annotations

import os
import re
from types import MappingProxyType

from ss_camera.settings import capture_options, libcamera_controls, picamera_properties, property_rules
from ss_camera.settings.declare import Bad, clash, missing, refused
from ss_camera.settings.model import CameraSettings, Property
from ss_camera.settings.motion_rules import synthetic_settings
from ss_camera.settings.parsers import url
from ss_camera.settings.values import Values

_QUALITIES = ("CAMERA_QUALITY", "CAPTURE_QUALITY")
_NUMBERS = ("CAMERA_NUM", "PICAMERA_CAMERA_NUM")
_URLS = {"rtsp": url("rtsp", "rtsps"), "http": url("http", "https")}
_PROPERTIES = (picamera_properties.SECTION, libcamera_controls.SECTION, capture_options.SECTION)
_PATH = "a path; a relative one with a colon as ./NAME"
_SCHEMES = {"auto": ("rtsp", "rtsps", "http", "https", "file"), "file": ("file",)}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?")
_EXIF_TAG = re.compile(r"PICAMERA_EXIF_TAGS__(IFD0|IFD1|EXIF|GPS)\.[A-Za-z0-9]+")


def camera_settings(values: Values, problems: list[str], warnings: list[str]) -> CameraSettings:
    """Build it; what does not fit together is appended."""
    kind = values.get("CAMERA", str) or "auto"
    size = values.get(_first(values, property_rules.SIZES, warnings), tuple)
    rate_name = _first(values, property_rules.RATES, warnings)
    framerate = values.get(rate_name, float)
    _address(values, kind, problems)
    _exposure(values, framerate, problems)
    property_rules.check(values, kind, framerate, problems)
    warnings.extend(
        filter(None, [property_rules.cut_parameters(values), property_rules.stretched(values, size)])
    )
    return CameraSettings(
        camera_id=values.get("CAMERA_ID", str) or host_name(),
        kind=kind,
        url=values.get("CAMERA_URL", str),
        num=values.get(_first(values, _NUMBERS, warnings), int) or 0,
        width=size[0] if size else None,
        height=size[1] if size else None,
        framerate=framerate,
        framerate_origin=None if framerate is None else values.raw(rate_name).origin,
        quality=values.get(_first(values, _QUALITIES, warnings), int) or 85,
        loop=values.get("CAMERA_LOOP", bool) or False,
        synthetic=synthetic_settings(values, warnings),
        properties=_properties(values, problems),
    )


def host_name() -> str:
    """The host's name with what a camera's name may not hold replaced by `-`."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", os.uname().nodename)[:64] or "camera"


def _first(values: Values, names: tuple[str, ...], warnings: list[str]) -> str:
    """The first of `names` that is given; the others are named if they say something else."""
    given = [name for name in names if name in values]
    for other in given[1:]:
        if values.given[other].value != values.given[given[0]].value:
            warnings.append(f"{given[0]} goes before {other}, which says something else and is not used")
    return given[0] if given else names[-1]


def _address(values: Values, kind: str, problems: list[str]) -> None:
    given = values.given.get("CAMERA_URL")
    if given is None:
        if kind in ("rtsp", "http", "file") and not values.was_named("CAMERA_URL"):
            expected = _URLS[kind].expects if kind in _URLS else "the path of a video file"
            problems.append(missing("CAMERA_URL", f"CAMERA={kind} needs it", expected))
    elif kind in _URLS:
        values.narrow("CAMERA_URL", _URLS[kind], problems, f"for CAMERA={kind} {_URLS[kind].expects}")
    elif kind == "v4l2" and "://" in given.raw.text:
        no_device = Bad("is no device", expected="for CAMERA=v4l2 a device such as /dev/video0")
        problems.append(refused(given.setting, given.raw, no_device))
    elif kind in _SCHEMES:
        # told here: as the path of a file it would be waited for, camera or not
        scheme, known = _SCHEME.match(str(given.value)), _SCHEMES[kind]
        if scheme and not (scheme[2] and scheme[1].lower() in known):
            expected = f"for CAMERA={kind} {', '.join(f'{one}://' for one in known)} or {_PATH}"
            problems.append(
                refused(given.setting, given.raw, Bad("begins with no known scheme", expected=expected))
            )


def _exposure(values: Values, framerate: float | None, problems: list[str]) -> None:
    """By libcamera's own name; what becomes of `PICAMERA_SHUTTER_SPEED` the camera tells."""
    if framerate is None:
        return
    frame_us = round(1e6 / framerate)
    name = "PICAMERA2_CONTROLS_EXPOSURE_TIME"
    if (values.get(name, int) or 0) > frame_us:
        wrong = f"{values.raw(name).text} is longer than a frame at {framerate:g} frames a second"
        problems.append(clash(values.raw(name), wrong, f"at most {frame_us} microseconds"))


def _properties(values: Values, problems: list[str]) -> MappingProxyType[str, Property]:
    found = {}
    for name, given in values.given.items():
        if given.setting.section not in _PROPERTIES:
            continue
        if given.setting.name.endswith("*") and not _EXIF_TAG.fullmatch(name):
            problems.append(
                clash(given.raw, "names no EXIF tag", f"a tag as in {picamera_properties.TAG_EXAMPLE}")
            )
        found[name] = Property(name, given.value, given.raw.origin)
    return MappingProxyType(found)
