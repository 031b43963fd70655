"""`PICAMERA_RESOLUTION` and its like in, width and height in pixels out."""

from __future__ import annotations

import re

from ss_camera.settings.declare import Bad, Kind
from ss_camera.settings.parsers import nearest

# picamera 1.13's names (mmalobj.to_resolution) with the SINETStream sample's QVGA, 2K and 4K
NAMES = {
    "QVGA": (320, 240),
    "VGA": (640, 480),
    "SVGA": (800, 600),
    "XGA": (1024, 768),
    "SXGA": (1280, 1024),
    "UXGA": (1600, 1200),
    "HD": (1280, 720),
    "720P": (1280, 720),
    "FHD": (1920, 1080),
    "1080P": (1920, 1080),
    "2K": (1920, 1080),
    "4K": (3840, 2160),
}
SMALLEST, LARGEST = 32, 10_000
"""Pixels a side. The largest sensors for these cameras have 9152 pixels."""

_FORM = re.compile(r"\(? *([0-9]{1,9}) *[xX,] *([0-9]{1,9}) *\)?")
_STRAY = re.compile(r"\(? *(-?[0-9]+) *[xX*,/: ] *(-?[0-9]+) *\)?")


def parse(text: str) -> tuple[int, int]:
    """Width and height in pixels."""
    word = text.strip()
    if word.upper() in NAMES:
        return NAMES[word.upper()]
    match = _FORM.fullmatch(word)
    if not match or word.startswith("(") != word.endswith(")"):
        raise _malformed(word)
    width, height = int(match[1]), int(match[2])
    for side in (width, height):
        if not SMALLEST <= side <= LARGEST or side % 2:
            raise Bad(
                "is no picture size",
                expected=f"both sides even and from {SMALLEST} to {LARGEST} pixels",
            )
    return width, height


def _malformed(word: str) -> Bad:
    stray = _STRAY.fullmatch(word)
    if stray and "-" in word:
        return Bad("is no picture size", expected=f"both sides even and from {SMALLEST} to {LARGEST} pixels")
    return Bad("is no picture size", meant=f"{stray[1]}x{stray[2]}" if stray else nearest(word, NAMES))


RESOLUTION = Kind("WIDTHxHEIGHT, or one of " + ", ".join(NAMES), parse)
