"""The text of TZ in, a sentence out where this machine knows no such time zone.

The C library says nothing of it and goes by UTC.
"""

from __future__ import annotations

import os.path
import re
import zoneinfo

_WITHOUT_A_FILE = ("", "UTC", "GMT")
_POSIX = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?[0-9]")  # the name and its distance from UTC


def unknown(text: str) -> str | None:
    """A warning, or None for a name of a file of zones or a form that POSIX has for TZ, such as `JST-9`."""
    name = text.removeprefix(":")
    # an absolute path stays itself behind a folder
    has_file = any(os.path.isfile(os.path.join(folder, name)) for folder in zoneinfo.TZPATH)
    if name in _WITHOUT_A_FILE or _POSIX.match(name) or has_file:
        return None
    return (
        f'TZ: this machine knows no time zone "{text}", and local times are those of UTC; expected '
        "a name such as Europe/Berlin, or the package tzdata where there are none"
    )
