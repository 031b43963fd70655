"""An annotation and a moment in, its text drawn at the top of a picture out."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ss_camera.properties.edits import Annotation, Colour, expanded
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.planes import Yuv420

_SMALLEST = 6  # picamera's smallest size of text
_SPACING = 0  # between lines, beside the font's own


class Caption:
    """Draws in the middle of the top edge, as picamera's firmware does.

    The text is drawn once for as long as it says the same. One too wide is drawn smaller, and stays so:
    letters that changed their size with each second would be hard to read.
    """

    def __init__(self, annotation: Annotation) -> None:
        self._annotation = annotation
        self._foreground = _yuv(annotation.foreground)
        self._background = None if annotation.background is None else _yuv(annotation.background)
        self._size = annotation.size
        self._drawn: tuple[str, int] = ("", 0)
        self._ink = np.zeros((0, 0), np.uint8)

    def text(self, wall_us: int, number: int) -> str:
        """What is drawn: strftime codes by the local time of `wall_us` (microseconds since 1970)."""
        text = self._annotation.text
        if "%" in text:
            text = expanded(text, datetime.fromtimestamp(wall_us / 1e6).astimezone())
        return f"{number} {text}".rstrip() if self._annotation.frame_number else text

    def draw(self, picture: Yuv420, wall_us: int, number: int) -> Yuv420:
        """A copy of the picture with the text in it."""
        text, (width, height) = self.text(wall_us, number), picture.size
        if not text.strip():
            return picture
        if self._drawn != (text, width):
            self._ink = self._lettering(text, width)
            self._drawn = (text, width)
        ink = self._ink[:height]
        left = (width - ink.shape[1]) // 4 * 2  # even, as the colour planes have half the size
        copy = picture.each(np.copy)
        places = ((copy.y, 1), (copy.u, 2), (copy.v, 2))
        for index, (plane, step) in enumerate(places):
            mask = ink if step == 1 else _halved(ink)
            room = plane[: mask.shape[0], left // step : left // step + mask.shape[1]]
            if self._background is not None:
                room[:] = self._background[index]
            _blend(room, mask[: room.shape[0], : room.shape[1]], self._foreground[index])
        return copy

    def _lettering(self, text: str, width: int) -> Plane:
        """How much ink each pixel gets, 0 to 255; of even width, not wider than `width`."""
        while True:
            font = ImageFont.load_default(size=self._size / 1.2)  # its lines are 1.2 times its size
            box = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox(
                (0, 0), text, font=font, align="center", spacing=_SPACING
            )
            margin = max(2, self._size // 8)
            needed = round(box[2] - box[0]) + 2 * margin
            if needed <= width or self._size <= _SMALLEST:
                break
            self._size = max(_SMALLEST, min(self._size - 1, self._size * width // needed))
        size = needed // 2 * 2, -(-round(box[3] + margin) // 2) * 2
        image = Image.new("L", size)
        ImageDraw.Draw(image).multiline_text(
            (margin - box[0], 0), text, fill=255, font=font, align="center", spacing=_SPACING
        )
        over = max(0, size[0] - width) // 4 * 2
        return np.asarray(image)[:, over : size[0] - over][:, : width // 2 * 2]


def _halved(ink: Plane) -> Plane:
    """The mask of the colour planes: each pixel has the ink of four."""
    ink = ink[: ink.shape[0] // 2 * 2, : ink.shape[1] // 2 * 2]
    wide = ink.astype(np.uint16)
    return ((wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2] + 2) // 4).astype(np.uint8)


def _blend(room: Plane, ink: Plane, value: int) -> None:
    mixed = room.astype(np.uint16) * (255 - ink.astype(np.uint16)) + ink.astype(np.uint16) * value
    room[:] = (mixed + 127) // 255


def _yuv(colour: Colour) -> tuple[int, int, int]:
    """Full-range BT.601 of red, green and blue (JFIF 1.02)."""
    red, green, blue = colour
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    u, v = 128 + (blue - luma) / 1.772, 128 + (red - luma) / 1.402
    return round(luma), min(255, round(u)), min(255, round(v))
