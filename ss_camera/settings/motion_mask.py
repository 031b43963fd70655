"""The text of `MOTION_MASK` in, what is not watched for motion out.

Each error is a phrase that follows the value, as all of a setting's do: `"0,0,2" is ...`.
"""

from __future__ import annotations

from pathlib import Path

from ss_camera.settings.model import MotionMask

EXPECTS = (
    "rectangles left,top,width,height in 0..1 with `;` between them, or a PNG with black where nothing counts"
)

Rectangle = tuple[float, float, float, float]

_LARGEST_PX = 640  # along a side: a mask needs no more than a few pixels a block
_WATCHED_FROM = 128
_POINTS = 32  # along a side, to see that something is left


def parse_mask(text: str, folder: Path = Path()) -> MotionMask:
    """Rectangles, or the path of a PNG, relative to `folder`. Raises ValueError with a phrase."""
    text = text.strip()
    if text.casefold().endswith(".png"):
        return _picture(folder / text)
    rectangles = tuple(_rectangle(part) for part in text.split(";") if part.strip())
    if not rectangles:
        raise ValueError("names no rectangle and no PNG file")
    if not _leave_something(rectangles):
        raise ValueError("leaves nothing to watch")
    return MotionMask(rectangles=rectangles)


def _rectangle(part: str) -> Rectangle:
    words = part.split(",")
    if len(words) != 4:
        raise ValueError(f"has a rectangle of {len(words)} numbers where four are expected")
    try:
        left, top, width, height = (float(word) for word in words)
    except ValueError:
        raise ValueError("has a rectangle with something that is not a number") from None
    # written so that nan fails too
    if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
        raise ValueError("has a rectangle outside the picture: its four numbers are shares from 0 to 1")
    if left + width > 1 + 1e-6 or top + height > 1 + 1e-6:
        raise ValueError("has a rectangle that ends outside the picture: width and height are no corner")
    return left, top, width, height


def _leave_something(rectangles: tuple[Rectangle, ...]) -> bool:
    points = [(place + 0.5) / _POINTS for place in range(_POINTS)]
    return not all(
        any(left <= x < left + width and top <= y < top + height for left, top, width, height in rectangles)
        for x in points
        for y in points
    )


def _picture(path: Path) -> MotionMask:
    from PIL import Image, UnidentifiedImageError  # wanted by few, and slow to import

    try:
        with Image.open(path, formats=["PNG"]) as opened:
            seen: Image.Image = opened
            if opened.mode.startswith(
                "I"
            ):  # 16 bits: Pillow's conversion cuts them off, nor can it scale them
                seen = opened.convert("I").point(lambda value: value / 257).convert("L")
            seen.thumbnail((_LARGEST_PX, _LARGEST_PX))
            seen = seen.convert("RGBA")
            picture = Image.new("RGBA", seen.size, "white")
            picture.alpha_composite(seen)
    except FileNotFoundError:
        raise ValueError("is a file that does not exist") from None
    except UnidentifiedImageError:
        raise ValueError("is a file that is not a PNG") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"is a PNG that cannot be read ({type(error).__name__})") from None
    pixels = bytes(value >= _WATCHED_FROM for value in picture.convert("L").tobytes())
    if not any(pixels):
        raise ValueError("is black all over and leaves nothing to watch")
    return MotionMask(picture=pixels, picture_width=picture.width, picture_height=picture.height)
