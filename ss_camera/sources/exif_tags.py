"""EXIF tags by picamera's names in, a still with them out; message.py adds our own beside them.

Names are of CIPA DC-008 (Exif 2.32), tables 4 to 15, as picamera 1.13 writes them: `IFD0.Copyright`,
`GPS.GPSLatitude`. Values are text as picamera takes it: `35/1,40/1,0/1` are three fractions.
"""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from PIL import ExifTags as Names
from PIL import Image, TiffTags
from PIL.TiffImagePlugin import IFDRational

from ss_camera import jpeg
from ss_camera.media import Still
from ss_camera.properties.asked import said
from ss_camera.settings.model import Property

PREFIX = "PICAMERA_EXIF_TAGS__"

Value = str | int | tuple[int, ...] | tuple[IFDRational, ...]

# what Pillow raises of a value of the wrong kind, or of a camera's damaged tags
_UNFIT = (ValueError, TypeError, KeyError, SyntaxError, OSError, struct.error, OverflowError)
_HEADER = b"Exif\x00\x00"
_IFD = {"EXIF": Names.IFD.Exif, "GPS": Names.IFD.GPSInfo}
_FRACTIONS = re.compile(r"-?\d+/[1-9]\d*(,-?\d+/[1-9]\d*)*", re.ASCII)
_NUMBERS = re.compile(r"\d{1,9}(,\d{1,9})*", re.ASCII)
_ASCII_TYPE = 2
# of figures, and text all the same (Exif 2.32, 4.6.5)
_TEXTS = re.compile(
    "SubSecTime.*|.*SerialNumber|ImageUniqueID|CameraOwnerName|GPS.*(Stamp|Status|Mode|Datum)"
)
_NONE: Mapping[str, Property] = MappingProxyType({})
# what says where in the file something lies: strips and tiles, other groups, a thumbnail
_PLACES = frozenset({0x0111, 0x0117, 0x0144, 0x0145, 0x014A, 0x0201, 0x0202, 0x8769, 0x8825, 0xA005})
_OWN = frozenset({"DateTimeOriginal", "OffsetTimeOriginal", "SubsecTimeOriginal", "UserComment"})


class ExifTags:
    """The tags of one camera, ready to be written. `warnings`: a sentence for each not written as given."""

    def __init__(self, tags: Mapping[str, str], given: Mapping[str, Property] = _NONE) -> None:
        """`given`: the settings that the tags come from, where they are to be found again."""
        self._values: dict[str, dict[int, Value]] = {}
        told = []
        for name, text in tags.items():
            group, _, tag = name.partition(".")
            problem = self._take(group, tag, text)
            if problem:
                setting = given.get(PREFIX + name)
                told.append(f"{said(setting) if setting else PREFIX + name} {problem}")
        self.warnings = tuple(told)
        self._tiff = _written(Image.Exif(), self._values) if self._values else b""

    def written_into(self, still: Still) -> Still:
        """The still with the tags beside those that the camera has given it; a damaged one as it is."""
        if not self._tiff:
            return still
        try:
            own = jpeg.exif(still.data)
            data = jpeg.with_exif(still.data, self._beside(own) if own else self._tiff)
        except jpeg.NotJpeg:
            return still
        return replace(still, data=data)

    def _take(self, group: str, tag: str, text: str) -> str | None:
        if group == "IFD1":
            return "has no effect: it would describe a thumbnail, and stills have none"
        numbers = Names.GPSTAGS if group == "GPS" else Names.TAGS
        number = next((key for key, name in numbers.items() if name.casefold() == tag.casefold()), None)
        if number is None:
            return "has no effect: there is no EXIF tag of that name"
        if number in _PLACES:
            return "has no effect: it says where something lies in the file, which the writer alone knows"
        if group == "EXIF" and numbers[number] in _OWN:
            return "has no effect: the time and the identity of the picture stand there"
        value = _value(TiffTags.lookup(number, _IFD.get(group)).type, numbers[number], text)
        try:
            with warnings.catch_warnings(action="error"):  # such as one value too many
                _written(Image.Exif(), {group: {number: value}})
        except (*_UNFIT, Warning):
            return "has no effect: its value is not of the kind that the tag holds"
        self._values.setdefault(group, {})[number] = value
        if text.isascii():
            return None
        return "has letters that are not ASCII, and EXIF has no others: each is written as `?`"

    def _beside(self, own: bytes) -> bytes:
        tags = Image.Exif()
        try:
            with warnings.catch_warnings(action="ignore"):  # Pillow's words on a camera's flaws help nobody
                tags.load(_HEADER + own)
                merged = _written(tags, self._values)
        except _UNFIT:
            return self._tiff
        return merged if len(merged) <= jpeg.MAX_EXIF else self._tiff


def _written(tags: Image.Exif, values: Mapping[str, Mapping[int, Value]]) -> bytes:
    """TIFF bytes of `tags` with the values put in, by group."""
    for group, given in values.items():
        place = tags if group == "IFD0" else tags.get_ifd(_IFD[group])
        place.update(given)
    return tags.tobytes().removeprefix(_HEADER)


def _value(kind: int | None, name: str, text: str) -> Value:
    """The text in the type that the tag has (TIFF 6.0), as far as that is known or its form tells."""
    if kind == _ASCII_TYPE:
        return text
    if _TEXTS.fullmatch(name):
        return text if "/" not in text else _fractions(text) or text
    if _NUMBERS.fullmatch(text):
        numbers = tuple(int(part) for part in text.split(","))
        return numbers[0] if len(numbers) == 1 else numbers
    return _fractions(text) or text


def _fractions(text: str) -> tuple[IFDRational, ...]:
    if not _FRACTIONS.fullmatch(text):
        return ()
    return tuple(IFDRational(Fraction(part)) for part in text.split(","))
