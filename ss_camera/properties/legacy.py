"""Camera properties in, what picamera or picamerax is given out: arguments, assignments, capture options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.settings.model import CameraSettings


@dataclass(frozen=True)
class LegacyPlan:
    """Every value has the type that the library's setter takes, but for colours.

    `constructor`: arguments of `PiCamera`; `resolution` (with rotation 90 or 270 of the turned picture),
    `framerate` and `framerate_range` only where they were given. `assignments`: names and values to set,
    in this order; those of `annotate_foreground` and `annotate_background` are strings to be made a
    `picamera.Color`, None apart; `led` needs root and RPi.GPIO, so the library may refuse it. `capture`:
    options of `capture()`, `use_video_port` (True unless given) and `quality` always; `splitter_port` only
    where given: video then takes another. `exif_tags` are written by the library only for stills of the
    still port without `resize`. `edits`: what is left to software. `warnings` as in `SoftwarePlan`.
    """

    constructor: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    assignments: tuple[tuple[str, object], ...] = ()
    capture: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    exif_tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    edits: Edits = UNEDITED
    warnings: tuple[str, ...] = ()


def legacy_plan(camera: CameraSettings, library: str) -> LegacyPlan:
    """What `library` (`picamera` or `picamerax`) is given. Never raises."""
    return LegacyPlan()
