"""Camera properties in, what is done in software for a camera that knows none of them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.properties.asked import Converter, ask, exif_tags, said, same
from ss_camera.properties.drawn import DRAWN, TONES, TURNS, Tone, edits, turn
from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.properties.how import Stack
from ss_camera.settings.libcamera_controls import variable
from ss_camera.settings.model import CameraSettings


@dataclass(frozen=True)
class SoftwarePlan:
    """For V4L2, RTSP, HTTP, files and the drawn camera.

    `exif_tags` by picamera's names (`IFD0.Copyright`). `warnings`: one sentence for each setting that
    cannot be done, which names the variable as the user wrote it.
    """

    edits: Edits = UNEDITED
    exif_tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()


def software_plan(camera: CameraSettings) -> SoftwarePlan:
    """What is done in software. Never raises."""
    asked = ask(camera, Stack.SOFTWARE, _CONVERTERS)
    asked.warnings.extend(beyond(camera))
    turned = turn(asked)
    tags = MappingProxyType(exif_tags(camera))
    return SoftwarePlan(edits(asked, turned), tags, tuple(asked.warnings))


def beyond(camera: CameraSettings) -> list[str]:
    """A sentence for each of libcamera's tones that is more than picamera's numbers reach."""
    found = []
    for control, tone in TONES.items():
        given = camera.properties.get(variable(control))
        if given is not None and isinstance(given.value, float):
            most = tone.number(tone.whole(given.value))
            if abs(given.value - most) > 1 / tone.scale:
                found.append(f"{said(given)} is {given.value:g}; {most:g} is the most here and is used")
    return found


def _whole(tone: Tone) -> Converter:
    return lambda value: {tone.field: tone.whole(value)}


_CONVERTERS: dict[str, Converter] = {
    **TURNS,
    **DRAWN,
    **{variable(control): _whole(tone) for control, tone in TONES.items()},
    **{f"PICAMERA_{tone.field.upper()}": same(tone.field) for tone in TONES.values()},
}
