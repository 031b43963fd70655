"""A name as a stranger sent it in, a short printable one out: for a page, a terminal and a JSON key."""

from __future__ import annotations

import hashlib

MAX_NAME = 64
"""Characters of a camera's name; a longer one is cut and keeps a hash, so that two stay apart."""
_HASH = 8


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
