"""Edits that video passed on or encoded by hardware does not show in, one sentence a setting out."""

from __future__ import annotations

from ss_camera.properties.asked import said
from ss_camera.properties.drawn import TONES
from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.settings.libcamera_controls import variable
from ss_camera.settings.model import CameraSettings

_FIELDS = {
    "PICAMERA2_TRANSFORM_HFLIP": "hflip",
    "PICAMERA2_TRANSFORM_VFLIP": "vflip",
    "PICAMERA2_TRANSFORM_TRANSPOSE": "vflip",
    **{variable(control): tone.field for control, tone in TONES.items()},
    **{f"PICAMERA_{tone.field.upper()}": tone.field for tone in TONES.values()},
    "PICAMERA_HFLIP": "hflip",
    "PICAMERA_VFLIP": "vflip",
    "PICAMERA_ZOOM": "zoom",
    "PICAMERA_CROP": "zoom",
    "PICAMERA_IMAGE_EFFECT": "effect",
    "PICAMERA_COLOR_EFFECTS": "colour",
    "PICAMERA_ANNOTATE_TEXT": "annotation",
    "PICAMERA_ANNOTATE_FRAME_NUM": "annotation",
}
"""The field of `Edits` that a setting asks for. `CAPTURE_RESIZE` is said to be that of stills."""


def stills_only(camera: CameraSettings, edits: Edits) -> tuple[str, ...]:
    """A sentence for each setting whose edit is seen in stills and not in clips.

    For sources whose packets are not made of edited frames. Rotation is left out: `Packet.turn` has it.
    """
    return tuple(
        f"{said(given)} is seen in stills and not in clips"
        for name, given in camera.properties.items()
        if name in _FIELDS and given.value and _changes(edits, _FIELDS[name])
    )


def _changes(edits: Edits, field: str) -> bool:
    return bool(getattr(edits, field) != getattr(UNEDITED, field))
