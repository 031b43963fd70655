"""A capture time and a comment in, the TIFF structure of an EXIF segment out; and the comment back.

Source of the format: CIPA DC-008 (Exif 2.32) 4.6, TIFF 6.0. Written here with fixed places for the
usual picture, which has no EXIF of its own (6 us); a camera's own tags are kept through Pillow.
"""

from __future__ import annotations

import struct
import warnings
from datetime import UTC, datetime

_EXIF_IFD = 0x8769
_DATE_TIME_ORIGINAL = 0x9003
_OFFSET_TIME_ORIGINAL = 0x9011
_USER_COMMENT = 0x9286
_SUB_SEC_TIME_ORIGINAL = 0x9291
_ASCII = b"ASCII\x00\x00\x00"
_MAX_ENTRIES = 512

# 8 bytes of header, IFD0 with one entry, the Exif IFD with five; values over 4 bytes stand behind
_IFD0_AT = 8
_EXIF_AT = _IFD0_AT + 2 + 12 + 4
_DATA_AT = _EXIF_AT + 2 + 5 * 12 + 4
_COMMENT_AT = _DATA_AT + 20 + 8 + 8
_HEAD = (
    b"MM\x00\x2a"
    + struct.pack(">I", _IFD0_AT)
    + struct.pack(">HHHIII", 1, _EXIF_IFD, 4, 1, _EXIF_AT, 0)
    + struct.pack(">H", 5)
    + struct.pack(">HHI4s", 0x9000, 7, 4, b"0232")
    + struct.pack(">HHII", _DATE_TIME_ORIGINAL, 2, 20, _DATA_AT)
    + struct.pack(">HHII", _OFFSET_TIME_ORIGINAL, 2, 7, _DATA_AT + 20)
)
_TAIL = struct.pack(">HHII", _SUB_SEC_TIME_ORIGINAL, 2, 7, _DATA_AT + 28) + struct.pack(">I", 0)


def write(captured_us: int, comment: str) -> bytes:
    """TIFF bytes with the capture time (UTC, microseconds since 1970) and an ASCII `comment`."""
    seconds, micros = divmod(captured_us, 1_000_000)
    taken = datetime.fromtimestamp(seconds, UTC).strftime("%Y:%m:%d %H:%M:%S")
    text = _ASCII + comment.encode("ascii")
    return b"".join(
        (
            _HEAD,
            struct.pack(">HHII", _USER_COMMENT, 7, len(text), _COMMENT_AT),
            _TAIL,
            taken.encode("ascii") + b"\x00",
            b"+00:00\x00\x00",
            b"%06d\x00\x00" % micros,
            text,
        )
    )


def merge(own: bytes, captured_us: int, comment: str) -> bytes:
    """The camera's `own` TIFF bytes with our time and comment put in; ours alone if theirs is damaged."""
    from PIL import Image  # only for cameras that write EXIF: 40 ms of start-up that others need not pay

    seconds, micros = divmod(captured_us, 1_000_000)
    tags = Image.Exif()
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow's words on a camera's flaws help nobody
            tags.load(b"Exif\x00\x00" + own)
            details = tags.get_ifd(_EXIF_IFD)
            details[_DATE_TIME_ORIGINAL] = datetime.fromtimestamp(seconds, UTC).strftime("%Y:%m:%d %H:%M:%S")
            details[_OFFSET_TIME_ORIGINAL] = "+00:00"
            details[_SUB_SEC_TIME_ORIGINAL] = f"{micros:06d}"
            details[_USER_COMMENT] = _ASCII + comment.encode("ascii")
            merged = tags.tobytes()
    except (ValueError, TypeError, KeyError, SyntaxError, OSError, struct.error, OverflowError):
        return write(captured_us, comment)
    return merged.removeprefix(b"Exif\x00\x00")


def comment(tiff: bytes) -> str | None:
    """The UserComment of TIFF bytes, or None where there is none or the structure is damaged."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return None
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        pointer = _entry(tiff, order, first, _EXIF_IFD)
        if pointer is None:
            return None
        (details,) = struct.unpack_from(order + "I", tiff, pointer + 8)
        entry = _entry(tiff, order, details, _USER_COMMENT)
        if entry is None:
            return None
        length, at = struct.unpack_from(order + "II", tiff, entry + 4)
    except struct.error:
        return None
    raw = tiff[at : at + length]
    if len(raw) != length or not raw.startswith(_ASCII):
        return None
    return raw[len(_ASCII) :].decode("ascii", errors="replace")


def _entry(tiff: bytes, order: str, ifd: int, tag: int) -> int | None:
    (count,) = struct.unpack_from(order + "H", tiff, ifd)
    for at in range(ifd + 2, ifd + 2 + 12 * min(count, _MAX_ENTRIES), 12):
        if struct.unpack_from(order + "H", tiff, at)[0] == tag:
            return at
    return None
