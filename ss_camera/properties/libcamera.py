"""Camera properties and what a camera advertises in, configuration and controls for libcamera out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.settings.model import CameraSettings

Advertised = Mapping[str, tuple[object, object, object]]
"""Least value, greatest value and default by libcamera's names, as `Picamera2.camera_controls` has them."""


@dataclass(frozen=True)
class LibcameraPlan:
    """What picamera2 is given.

    `hflip` and `vflip` are the Transform's; `transpose` too, which is never asked for, as no pipeline of a
    Raspberry Pi does it: `edits` turns the picture. `controls` by libcamera's names; the value of an
    enumeration is its name without the common beginning (`Spot`), which the source looks up in the
    bindings. `zoom`: x, y, width, height in shares of the sensor's whole area, of which the source makes
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


def libcamera_plan(camera: CameraSettings, advertised: Advertised) -> LibcameraPlan:
    """What picamera2 is given. Never raises.

    What is advertised depends on the sensor's mode, so it is read after `configure`: a first plan, of which
    only the configuration is used, may be made of an empty `advertised`; controls and warnings are those of
    a second plan.
    """
    return LibcameraPlan()
