"""A name as a stranger sent it in, a short printable one out: for a page, a terminal, a JSON key, a file."""

from __future__ import annotations

import hashlib
import re

from ss_camera.message import format_time

MAX_NAME = 64
"""Characters of a camera's name; a longer one is cut and keeps a hash, so that two stay apart."""
_HASH = 8
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_FIRST_US, _LAST_US = -62_135_596_800_000_000, 253_402_300_799_999_999  # the years 1 and 9999


def printable(text: str, limit: int = 200) -> str:
    """`text` with every control, format and surrogate character written out, cut to `limit` characters.

    Escapes of a terminal, line breaks, and marks that turn the reading direction lose their power here.
    """
    cut = text[: limit + 1]
    safe = "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in cut)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def camera_name(name: str) -> str:
    """The name a camera is shown and counted under."""
    safe = printable(name, limit=MAX_NAME + 1)
    if len(safe) <= MAX_NAME:
        return safe.strip() or "(no name)"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
    return f"{safe[: MAX_NAME - _HASH - 1]}…{digest}"


def boot_key(boot: str) -> str:
    """A boot id as a key: itself, or a hash where a stranger sent a long one."""
    if len(boot) <= MAX_NAME:
        return boot
    return hashlib.sha256(boot.encode("utf-8", "surrogatepass")).hexdigest()


def digest(*texts: str) -> str:
    """16 hexadecimal digits that stand for `texts`, whatever is in them."""
    state = hashlib.blake2b(digest_size=8)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()


def folder_name(camera: str) -> str:
    """A name for a folder: letters, digits, `.`, `_` and `-` of ASCII, not first a dot.

    One that had to be changed keeps a hash, so that two stay apart.
    """
    safe = _UNSAFE.sub("_", camera[:MAX_NAME]).lstrip(".")
    return safe if safe and safe == camera else f"{safe[: MAX_NAME - _HASH - 1]}-{digest(camera)[:_HASH]}"


def in_calendar(unix_us: int) -> int:
    """The nearest time that a calendar has: SINETStream's timestamp is the sender's word."""
    return min(max(unix_us, _FIRST_US), _LAST_US)


def day_and_time(unix_us: int) -> tuple[str, str]:
    """`2025-11-21` and `080000.123456Z` in UTC, sorted by name as by time; of microseconds since 1970."""
    day, _, time = format_time(in_calendar(unix_us)).partition("T")
    return day.rjust(10, "0"), time.replace(":", "")
