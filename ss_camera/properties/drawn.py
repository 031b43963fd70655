"""What is asked of software, by the names of the fields of `Edits`, in; the `Edits` out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ss_camera.properties.asked import Asked, Converter, not_used, same
from ss_camera.properties.combinations import inside
from ss_camera.properties.edits import Annotation, Edits
from ss_camera.properties.effects import EFFECTS
from ss_camera.settings.colours import rgb

WHOLE = (0.0, 0.0, 1.0, 1.0)


def zoom(value: Any) -> dict[str, object]:
    """The part of the picture that is kept; None for the whole of it."""
    part = inside(value)
    return {"zoom": None if part == WHOLE else part}


def _effect(value: Any) -> dict[str, object] | None:
    return {"effect": value} if value in (*EFFECTS, "none") else None


TURNS: dict[str, Converter] = {
    "PICAMERA2_TRANSFORM_HFLIP": same("hflip"),
    "PICAMERA2_TRANSFORM_VFLIP": same("vflip"),
    "PICAMERA2_TRANSFORM_TRANSPOSE": same("transpose"),
    "PICAMERA_ROTATION": same("rotation"),
    "PICAMERA_HFLIP": same("hflip"),
    "PICAMERA_VFLIP": same("vflip"),
    "PICAMERA_ZOOM": zoom,
    "PICAMERA_CROP": zoom,
}
DRAWN: dict[str, Converter] = {
    "PICAMERA_IMAGE_EFFECT": _effect,
    "PICAMERA_IMAGE_EFFECT_PARAMS": same("effect_params"),
    "PICAMERA_COLOR_EFFECTS": same("colour"),
    "PICAMERA_ANNOTATE_TEXT": same("text"),
    "PICAMERA_ANNOTATE_TEXT_SIZE": same("size"),
    "PICAMERA_ANNOTATE_FRAME_NUM": same("frame_number"),
    "PICAMERA_ANNOTATE_FOREGROUND": lambda value: {"foreground": rgb(value)},
    "PICAMERA_ANNOTATE_BACKGROUND": lambda value: {"background": rgb(value) if value else None},
    "CAPTURE_RESIZE": same("resize"),
}


@dataclass(frozen=True)
class Turn:
    """Flips, and then a rotation by `rotation` degrees clockwise."""

    hflip: bool = False
    vflip: bool = False
    rotation: int = 0


def turn(asked: Asked) -> Turn:
    """What is asked for of flips, transposition and rotation, as flips and a rotation."""
    hflip, vflip = bool(asked.pop("hflip")), bool(asked.pop("vflip"))
    rotation = asked.pop("rotation") or 0
    if asked.pop("transpose"):
        if rotation:
            asked.warnings.append(not_used(asked.by["rotation"], asked.by["transpose"]))
        # rows become columns: a rotation by 90 degrees of the picture turned upside down
        return Turn(hflip, not vflip, 90)
    return Turn(hflip, vflip, rotation)


def mirrored(
    part: tuple[float, float, float, float] | None, hflip: bool, vflip: bool
) -> tuple[float, float, float, float] | None:
    """The part of a picture where it stands after the flips."""
    if part is None:
        return None
    x, y, width, height = part
    return (1 - x - width if hflip else x, 1 - y - height if vflip else y, width, height)


def edits(asked: Asked, turned: Turn) -> Edits:
    """All that is left in `asked` for software, in one."""
    effect = asked.pop("effect") or "none"
    params = asked.pop("effect_params") or ()
    if params and effect == "none":
        asked.warn(asked.by["effect_params"], "is not used, as PICAMERA_IMAGE_EFFECT is not")
    return Edits(
        zoom=asked.pop("zoom"),
        hflip=turned.hflip,
        vflip=turned.vflip,
        rotation=turned.rotation,
        resize=asked.pop("resize"),
        brightness=asked.pop("brightness", Edits.brightness),
        contrast=asked.pop("contrast") or 0,
        saturation=asked.pop("saturation") or 0,
        sharpness=asked.pop("sharpness") or 0,
        effect=effect,
        effect_params=params if effect != "none" else (),
        colour=asked.pop("colour"),
        annotation=_annotation(asked),
    )


def _annotation(asked: Asked) -> Annotation | None:
    text, frame_number = asked.pop("text") or "", bool(asked.pop("frame_number"))
    size, background = asked.pop("size") or Annotation.size, asked.pop("background")
    foreground = asked.pop("foreground") or Annotation.foreground
    if not text and not frame_number:
        return None
    return Annotation(text, size, foreground, background, frame_number)


@dataclass(frozen=True)
class Tone:
    """One of brightness, contrast, saturation, sharpness: libcamera's number around `neutral` and picamera's.

    picamera's whole number is `middle + (number - neutral) * scale`, from `lowest` to 100.
    """

    field: str
    neutral: float
    scale: float
    middle: int
    lowest: int

    def number(self, picamera: float) -> float:
        """libcamera's number for picamera's."""
        return self.neutral + (picamera - self.middle) / self.scale

    def whole(self, number: float) -> int:
        """picamera's whole number for libcamera's; beyond its range the nearest."""
        return max(self.lowest, min(100, self.middle + round((number - self.neutral) * self.scale)))


TONES = {
    "Brightness": Tone("brightness", 0.0, 50.0, 50, 0),
    "Contrast": Tone("contrast", 1.0, 100.0, 0, -100),
    "Saturation": Tone("saturation", 1.0, 100.0, 0, -100),
    "Sharpness": Tone("sharpness", 1.0, 100.0, 0, -100),
}
"""By libcamera's names. Each adds or multiplies around the same neutral point in both libraries.

Both add brightness to the whole range (0 is black and 100 is white in picamera, -1 and 1 in libcamera) and
multiply the distance to mid-gray, to gray, and to a smoothed picture; the strength at 100 is an estimate.
"""
