"""Numbers as users of the camera libraries write them in, values of the library's type out.

picamera takes fractions and pairs for rates and gains, any multiple of 90 degrees, and 0 for automatic.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ss_camera.settings.declare import Bad, Kind
from ss_camera.settings.parsers import BOOLEAN, integer, number, sequence

_FRACTION = re.compile(r"([+-]?[0-9]{1,12})\s*/\s*([0-9]{1,12})")
_PAIR = re.compile(r"\(\s*([0-9]{1,12})\s*,\s*([0-9]{1,12})\s*\)")
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,6}")


def ratio(low: float, high: float, what: str = "a number") -> Kind:
    """A decimal number or a fraction such as `1/6`, as a float within bounds."""
    plain = number(low, high, what)

    def parse(text: str) -> object:
        match = _FRACTION.fullmatch(text.strip())
        return _divided(match, low, high) if match else plain.parse(text)

    return Kind(plain.expects, parse)


def rate(low: float, high: float) -> Kind:
    """Frames a second: as `ratio`, or picamera's pair (numerator,denominator)."""
    plain = ratio(low, high, "frames a second")

    def parse(text: str) -> object:
        match = _PAIR.fullmatch(text.strip())
        return _divided(match, low, high) if match else plain.parse(text)

    return Kind(plain.expects, parse)


def _divided(match: re.Match[str], low: float, high: float) -> float:
    above, below = int(match[1]), int(match[2])
    if not below:
        raise Bad("divides by 0")
    if not low <= above / below <= high:
        raise Bad("is out of range")
    return above / below


def percent(low: int, high: int) -> Kind:
    """A whole number; a percent sign after it is allowed."""
    plain = integer(low, high)
    return Kind(plain.expects, lambda text: plain.parse(text.strip().removesuffix("%")))


def share() -> Kind:
    """A part of 1: `0.25`, `1/4` or `25%`."""
    plain, hundredths = ratio(0, 1), number(0, 100)

    def parse(text: str) -> object:
        word = text.strip()
        if not word.endswith("%"):
            return plain.parse(word)
        value = hundredths.parse(word.removesuffix("%"))
        assert isinstance(value, float)
        return value / 100

    return Kind(plain.expects, parse)


def automatic(kind: Kind) -> Kind:
    """A number of which 0 is automatic, and may be written `auto`."""
    return Kind(kind.expects, lambda text: kind.parse("0" if text.strip().casefold() == "auto" else text))


def whole(low: int, high: int, what: str = "a whole number") -> Kind:
    """A whole number, which may be written as Python writes it as a float: `20000.0`."""
    plain = integer(low, high, what)

    def parse(text: str) -> object:
        match = _WHOLE.fullmatch(text.strip())
        return plain.parse(match[1] if match else text)

    return Kind(plain.expects, parse)


def rising(item: Kind, expects: str) -> Kind:
    """Two values, the first not above the second."""
    both = sequence(item, (2,), expects)

    def parse(text: str) -> object:
        value = both.parse(text)
        assert isinstance(value, tuple)
        if value[0] > value[1]:
            raise Bad("has the greater one first")
        return value

    return Kind(expects, parse)


def _rotation(text: str) -> int:
    word = text.strip()
    if not _INTEGER.fullmatch(word) or int(word) % 90:
        raise Bad("is not one of the 4 values")
    return int(word) % 360


ROTATION = Kind("one of 0, 90, 180, 270", _rotation)
"""Degrees clockwise; -90 is 270, as in picamera, which takes other angles for the next one below."""


def _switch(text: str) -> object:
    word = text.strip()
    return bool(int(word)) if _INTEGER.fullmatch(word) else BOOLEAN.parse(word)


SWITCH = Kind(BOOLEAN.expects, _switch)
"""A boolean; also a number, of which the sample took every one but 0 for true."""


def _nonempty(convert: Callable[[str], object]) -> Callable[[str], object]:
    def parse(text: str) -> object:
        value = convert(text)
        assert isinstance(value, tuple)
        if not value[2] or not value[3]:
            raise Bad("leaves nothing of the picture")
        return value

    return parse


_FORM = "(x,y,width,height), each from 0.0 to 1.0"
ZOOM = Kind(_FORM, _nonempty(sequence(share(), (4,), _FORM).parse))
