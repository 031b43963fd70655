"""Camera properties in, what is done in software for a camera that knows none of them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.properties.edits import UNEDITED, Edits
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
    return SoftwarePlan()
