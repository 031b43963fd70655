"""A line of text in, its characters copied into a luma plane out: they are drawn once, at the start."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ss_camera.sources.jpeg_encoder import Plane

LINES = 2
"""Lines of text in the band at the top."""

_COLUMNS = 36  # characters across the picture
_PAPER = 24
_INK = 235


class Glyphs:
    """Light characters on a dark band, all of one cell size, for a picture of this size."""

    def __init__(self, width: int, height: int) -> None:
        self.cell_width = max(4, min(width // _COLUMNS, height // 16)) // 2 * 2
        self.cell_height = self.cell_width * 2
        self.margin = self.cell_width // 2
        self.band_height = min(height, LINES * self.cell_height + 2 * self.margin)
        font = ImageFont.load_default(size=self.cell_width * 1.5)
        # printable ASCII, by character; the font is proportional, so each sits in the middle of its cell
        self.cells = {chr(code): self._cell(chr(code), font) for code in range(32, 127)}

    def draw(self, luma: Plane, line: int, text: str) -> None:
        """Copy `text` into line 0 or 1 of the band; what has no room is left out."""
        top = self.margin + line * self.cell_height
        for index, character in enumerate(text):
            left = self.margin + index * self.cell_width
            room = luma[top : top + self.cell_height, left : left + self.cell_width]
            room[:] = self.cells[character][: room.shape[0], : room.shape[1]]

    def _cell(self, character: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Plane:
        image = Image.new("L", (self.cell_width, self.cell_height), _PAPER)
        middle = (self.cell_width / 2, self.cell_height / 2)
        ImageDraw.Draw(image).text(middle, character, fill=_INK, font=font, anchor="mm")
        return np.asarray(image)
