"""The settings of motion in, one `MotionSettings` out, and the drawn scene's script."""

from __future__ import annotations

from ss_camera.settings.model import MotionMask, MotionSettings, SyntheticSettings
from ss_camera.settings.names import family_prefix
from ss_camera.settings.values import Values

_OURS = ("MOTION_", "CLIP_", "RECORDING_WINDOW")


def motion_settings(values: Values, warnings: list[str]) -> MotionSettings | None:
    """Build it, or None where `MOTION` is not on; a warning where nobody said so."""
    if not values.get("MOTION", bool):
        unused = [name for name in values.given if name.startswith(_OURS) or family_prefix(name)]
        if unused and not values.was_named("MOTION"):
            warnings.append(f"MOTION is not on, so these have no effect: {', '.join(unused)}")
        return None
    default = MotionSettings()
    share = values.get("MOTION_GLOBAL", float)
    sensitivity = values.get("MOTION_SENSITIVITY", int)
    return MotionSettings(
        sensitivity=default.sensitivity if sensitivity is None else sensitivity,
        vector=values.get("MOTION_VECTOR", int) or default.vector,
        threshold=values.get("MOTION_THRESHOLD", int) or default.threshold,
        frames=values.get("MOTION_FRAMES", int) or default.frames,
        global_share=default.global_share if share is None else share,
        mask=values.get("MOTION_MASK", MotionMask),
    )


def synthetic_settings(values: Values, warnings: list[str]) -> SyntheticSettings:
    """Build it; other cameras take no notice of it."""
    default = SyntheticSettings()
    script = values.get("SYNTHETIC_MOTION", tuple)
    place = values.get("SYNTHETIC_MOTION_PLACE", tuple)
    for name in ("SYNTHETIC_MOTION_SIZE", "SYNTHETIC_MOTION_PLACE"):
        if name in values and not values.was_named("SYNTHETIC_MOTION"):
            warnings.append(f"{name} has no effect without SYNTHETIC_MOTION")
    return SyntheticSettings(
        motion=script,
        size=values.get("SYNTHETIC_MOTION_SIZE", float) or default.size,
        place=default.place if place is None else (place[0], place[1]),
    )
