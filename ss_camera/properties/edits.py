"""What is done in software to a decoded picture, as a value that the picture's encoder follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_LONGEST_TEXT = 255
"""Characters that picamera's firmware takes."""

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True)
class Annotation:
    """Text at the middle of the picture's top edge, as picamera's firmware draws it.

    `text` may hold strftime codes (`%H:%M:%S`), expanded by the wall clock of each picture (`text_at`).
    `size` is the height of a line in pixels. `background` None leaves the picture behind the text.
    `frame_number`: the count of the pictures is drawn as well, before the text.
    """

    text: str = ""
    size: int = 32
    foreground: Colour = (255, 255, 255)
    background: Colour | None = None
    frame_number: bool = False


@dataclass(frozen=True)
class Edits:
    """Done in the order of the fields. The units are picamera's; a default changes nothing.

    `zoom`: the part that is kept, x, y, width and height in shares of the picture, 0 to 1; it is stretched
    to the whole picture's size. `rotation`: degrees clockwise, 0, 90, 180 or 270, after the flips; 90 and
    270 swap width and height. `resize`: width and height of the still in pixels, after it was turned.
    `brightness`: 0 black to 100 white, which adds `(brightness - 50) / 50` of the whole range. `contrast`:
    -100 gray to 100, which multiplies the distance to mid-gray by `1 + contrast / 100`. `saturation`: the
    same with the distance to gray, `sharpness` with that to a blurred picture. `effect`: `none`, or one of
    `effects.EFFECTS`, with its parameters. `colour`: U and V of every pixel, 0 to 255, 128 is none.
    """

    zoom: tuple[float, float, float, float] | None = None
    hflip: bool = False
    vflip: bool = False
    rotation: int = 0
    resize: tuple[int, int] | None = None
    brightness: int = 50
    contrast: int = 0
    saturation: int = 0
    sharpness: int = 0
    effect: str = "none"
    effect_params: tuple[float, ...] = ()
    colour: tuple[int, int] | None = None
    annotation: Annotation | None = None

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return self != UNEDITED


UNEDITED = Edits()
"""Nothing to do."""


def text_at(text: str, when: datetime) -> str:
    """The text of an annotation as firmware takes it, expanded: at most 255 ASCII characters."""
    return expanded(text, when).encode("ascii", "replace").decode("ascii")[:_LONGEST_TEXT]


def expanded(text: str, when: datetime) -> str:
    """The text with its strftime codes expanded. `when` knows its zone, for `%z` and `%Z`."""
    try:
        return when.strftime(text)  # an unknown code stays as it is, as does a lone %
    except ValueError:  # where the C library does not take it: `100%`
        return text
