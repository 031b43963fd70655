"""A folder in, the pictures that the virtual camera `Garden` shows one after the other out.

Each is shown for four frames, so at 20 frames a second the 40 of them take 8 seconds: nothing moves for
4.8 seconds, then a white post walks from left to right for 3.2.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SIZE = WIDTH, HEIGHT = 640, 480
PICTURES, STILL = 40, 24
GRASS, SKY, SHED = (90, 120, 80), (200, 50, 40), (40, 60, 200)
SHED_AT = (40, 380)
"""Pixels, of the middle of what lies at the bottom left: so it is seen which way a picture lies."""
SKY_AT = (320, 30)


def draw(number: int) -> Image.Image:
    """One of the pictures, counted from 0."""
    picture = Image.new("RGB", SIZE, GRASS)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, 80), fill=SKY)
    pen.rectangle((0, 320, 80, HEIGHT), fill=SHED)
    if number >= STILL:
        left = 100 + (number - STILL) * 30
        pen.rectangle((left, 160, left + 80, 300), fill=(240, 240, 240))
    return picture


def write(folder: Path) -> None:
    """All of them, as libcamera wants them named."""
    folder.mkdir(exist_ok=True)
    for number in range(PICTURES):
        draw(number).save(folder / f"{number}.jpg", quality=92)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
