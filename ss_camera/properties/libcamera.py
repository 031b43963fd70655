"""Camera properties and what a camera advertises in, configuration and controls for libcamera out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ss_camera.properties.advertised import Advertised, within
from ss_camera.properties.asked import Asked, ask, exif_tags, frame_rate, not_used
from ss_camera.properties.combinations import CUT, USUAL_FRAME_US
from ss_camera.properties.drawn import TONES, Turn, edits, mirrored, turn
from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.properties.how import Stack
from ss_camera.properties.libcamera_values import CONVERTERS
from ss_camera.settings.libcamera_controls import CONTROLS
from ss_camera.settings.model import CameraSettings

_GRAY = (128, 128)
_NEEDS = {
    "ExposureTime": ("ExposureTimeMode", "Manual"),
    "AnalogueGain": ("AnalogueGainMode", "Manual"),
    "LensPosition": ("AfMode", "Manual"),
    "AfTrigger": ("AfMode", "Auto"),
    "AfPause": ("AfMode", "Continuous"),
    "AfWindows": ("AfMetering", "Windows"),
    "AeFlickerPeriod": ("AeFlickerMode", "Manual"),
}
"""What a control needs besides to have an effect: since libcamera 0.5 the first two, the others always."""


@dataclass(frozen=True)
class LibcameraPlan:
    """What picamera2 is given.

    `hflip` and `vflip` are the Transform's; `transpose` too, which is never asked for, as no pipeline of a
    Raspberry Pi does it: `edits` turns the picture. `controls` by libcamera's names; the value of an
    enumeration is its name without the common beginning (`Spot`), which the source looks up in the
    bindings. `zoom`: x, y, width, height in shares of the whole picture, of which the source makes
    ScalerCrop. `main_format`, `colour_space` (`Rec709`) and `buffer_count` are None where not given.
    `edits` is what is left to software; `exif_tags` and `warnings` as in `SoftwarePlan`.
    """

    hflip: bool = False
    vflip: bool = False
    transpose: bool = False
    controls: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    zoom: tuple[float, float, float, float] | None = None
    main_format: str | None = None
    colour_space: str | None = None
    buffer_count: int | None = None
    edits: Edits = UNEDITED
    exif_tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()

    def without_transform(self) -> LibcameraPlan:
        """The same with all flips in software, for a camera whose configuration came back without them."""
        part = mirrored(self.edits.zoom, self.hflip, self.vflip)
        flipped = replace(self.edits, zoom=part, hflip=self.hflip, vflip=self.vflip)
        return replace(self, hflip=False, vflip=False, edits=flipped)


def libcamera_plan(camera: CameraSettings, advertised: Advertised) -> LibcameraPlan:
    """What picamera2 is given. Never raises.

    What is advertised depends on the sensor's mode, so it is read after `configure`: a first plan, of which
    only the configuration is used, may be made of an empty `advertised`; controls and warnings are those of
    a second plan.
    """
    asked = ask(camera, Stack.PICAMERA2, CONVERTERS)
    turned = turn(asked)
    half = turned.rotation == 180
    hflip, vflip = turned.hflip != half, turned.vflip != half
    _combine(asked, camera, advertised)
    _draw_what_is_not_advertised(asked, advertised)
    controls = {name: asked.pop(name) for name in CONTROLS if name in asked.values}
    shares = asked.pop("zoom")
    if "ScalerCrop" not in advertised:
        # software cuts what the Transform has flipped already
        asked.values["zoom"] = mirrored(shares, hflip, vflip)
        shares = None
    return LibcameraPlan(
        hflip=hflip,
        vflip=vflip,
        controls=MappingProxyType(within(controls, advertised, asked)),
        zoom=shares,
        main_format=asked.pop("main_format"),
        colour_space=asked.pop("colour_space"),
        buffer_count=asked.pop("buffer_count"),
        edits=edits(asked, Turn(rotation=0 if half else turned.rotation)),
        exif_tags=MappingProxyType(exif_tags(camera)),
        warnings=tuple(asked.warnings),
    )


def _combine(asked: Asked, camera: CameraSettings, advertised: Advertised) -> None:
    """What follows from several settings together."""
    values = asked.values
    _rate(asked, camera)
    for control, (mode, word) in _NEEDS.items():
        if control not in values:
            continue
        if mode not in values and mode in advertised:
            values[mode] = word
            asked.by[mode] = asked.by[control]
        elif values.get(mode, word) != word:
            del values[control]
            asked.warnings.append(not_used(asked.by[control], asked.by[mode]))
    _warn_of_a_cut(asked, camera)
    if "ScalerCrop" in values and asked.pop("zoom"):
        asked.warnings.append(not_used(asked.by["zoom"], asked.by["ScalerCrop"]))
    if values.get("colour") == _GRAY and "Saturation" not in values and "Saturation" in advertised:
        # so it is gray in clips too
        values["Saturation"] = 0.0
        asked.by["Saturation"] = asked.by["colour"]
        asked.pop("colour")


def _rate(asked: Asked, camera: CameraSettings) -> None:
    delta = asked.pop("framerate_delta") or 0.0
    if camera.framerate is None:
        _lengthen(asked)
    if camera.framerate is None and not delta:
        return
    if camera.framerate is None:
        asked.warn(
            asked.by["framerate_delta"], "is added to PICAMERA_FRAMERATE, which is not set, and is not used"
        )
        return
    frame_us = round(1e6 / (camera.framerate + delta))
    asked.take(frame_rate(camera), {"FrameDurationLimits": (frame_us, frame_us)})


def _lengthen(asked: Asked) -> None:
    """A frame is as long as its exposure: picamera2's own 1/30 s would cut it."""
    exposure_us = asked.values.get("ExposureTime")
    if (
        isinstance(exposure_us, int)
        and exposure_us > USUAL_FRAME_US
        and "FrameDurationLimits" not in asked.values
    ):
        asked.values["FrameDurationLimits"] = (exposure_us, exposure_us)
        asked.by["FrameDurationLimits"] = asked.by["ExposureTime"]


def _warn_of_a_cut(asked: Asked, camera: CameraSettings) -> None:
    """An exposure ends with its frame. Without video that may be longer, unless its limits were given."""
    exposure_us, limits = asked.values.get("ExposureTime"), asked.values.get("FrameDurationLimits")
    if not isinstance(exposure_us, int) or not isinstance(limits, tuple) or exposure_us <= limits[1]:
        return
    if camera.video is not None or not isinstance(asked.by["FrameDurationLimits"].value, float):
        asked.warn(asked.by["ExposureTime"], CUT)


def _draw_what_is_not_advertised(asked: Asked, advertised: Advertised) -> None:
    """Brightness and its like are software's where the camera has none, as those of USB cameras."""
    for control, tone in TONES.items():
        if control in asked.values and control not in advertised:
            asked.values[tone.field] = tone.whole(asked.pop(control))
