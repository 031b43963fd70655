"""An address in, what may be shown of it out: the one rule of settings and sources."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_TAIL = re.compile(r"[?#;]")
HIDDEN = "<redacted>"


def without_userinfo(text: str) -> str:
    """`text` without what stands before its last `@`, and without query, fragment and parameters.

    Cameras take passwords in all of these places (`?usr=admin&pwd=..` is a common one). It holds for
    a path as well: an address with a slip of the finger in its scheme looks like one.
    """
    found = _SCHEME.match(text)
    scheme = found[0] if found else ""
    rest = text[len(scheme) :]
    tail = _TAIL.search(rest)
    address = rest[: tail.start()] if tail else rest
    if tail and "@" in rest[tail.start() :]:
        # the end of a password that holds a `?`, or a part of the query: nobody can tell
        return scheme + HIDDEN
    # the last @: a password may hold an @ or a / that should have been escaped
    before, at, place = address.rpartition("@")
    shown = f"{HIDDEN}@{place}" if at else before + place
    return scheme + shown + (tail[0] + HIDDEN if tail else "")
