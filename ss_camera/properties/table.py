"""The name of a setting in, how each stack does it out: what the plans and the reference page share."""

from __future__ import annotations

from ss_camera.properties import libcamera_rows, picamera_rows
from ss_camera.properties.how import How, Row, Stack

ROWS: tuple[Row, ...] = (*libcamera_rows.ROWS, *picamera_rows.ROWS)
"""libcamera's names first: they go before picamera's where both say something."""

_BY_NAME = {one.name: (place, one) for place, one in enumerate(ROWS)}
_OPEN = tuple(one.name for one in ROWS if one.name.endswith("*"))


def find(name: str) -> Row | None:
    """The row of a setting, or None for one that is no camera property."""
    found = _BY_NAME.get(_declared(name))
    return found[1] if found else None


def rank(name: str) -> int:
    """Its place in the order in which settings go before others."""
    found = _BY_NAME.get(_declared(name))
    return found[0] if found else len(ROWS)


def can(name: str, stack: Stack) -> bool:
    """Whether the stack does something for this setting."""
    found = find(name)
    return found is not None and found.how[stack] is not How.NOT_AVAILABLE


def _declared(name: str) -> str:
    return next((known for known in _OPEN if name.startswith(known[:-1])), name)
