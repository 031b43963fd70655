"""Device nodes in, a sentence where this user may not open them out.

A library that may not open a device says that there is none, or ends the program: picamera's does
(`* failed to open vchiq instance`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

May = Callable[[Path, int], bool]
"""A path and `os.R_OK | os.W_OK` in, as `os.access` takes them; whether this user may out."""


def denied(devices: Iterable[Path], may: May = os.access) -> str | None:
    """A sentence on the first of the devices that is there and may not be opened, or None."""
    for device in devices:
        if device.exists() and not may(device, os.R_OK | os.W_OK):
            return told_of(str(device))
    return None


def told_of(device: str) -> str:
    """The sentence."""
    return (
        f"{device} may not be opened by this user: add the user to the group video "
        "(sudo usermod -aG video $USER) and log in again"
    )
