"""The text of `RECORDING_WINDOW` in, the hours of the day in which motion is recorded out."""

from __future__ import annotations

import re

from ss_camera.settings.declare import Bad, Kind
from ss_camera.settings.model import RecordingWindow

_FORM = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? *- *([0-9]{1,2})(?::([0-9]{2}))?")
_DAY_MIN = 24 * 60


def parse(text: str) -> RecordingWindow:
    """Two times of day; the second may be 24. Raises `Bad`."""
    if text.strip().lower() == "always":
        return RecordingWindow(0, _DAY_MIN)
    match = _FORM.fullmatch(text.strip())
    if not match or not text.isascii():
        raise Bad("is no window from one hour to another")
    start_min, end_min = _minutes(match[1], match[2]), _minutes(match[3], match[4])
    if start_min == _DAY_MIN:
        raise Bad("is no hour to begin at", subject=match[1], expected="a first hour from 0 to 23")
    if start_min == end_min:
        raise Bad("begins when it ends", expected="two times that differ; leave it out to record always")
    return RecordingWindow(start_min, end_min)


def _minutes(hour: str, minute: str | None) -> int:
    if int(hour) > 24:
        raise Bad("is not an hour", subject=hour, expected="hours from 0 to 24")
    if int(minute or 0) > 59:
        raise Bad("is not a minute", subject=minute, expected="minutes from 00 to 59")
    total_min = int(hour) * 60 + int(minute or 0)
    if total_min > _DAY_MIN:
        raise Bad("is after the end of the day", subject=f"{hour}:{minute}", expected="at most 24:00")
    return total_min


WINDOW = Kind("HOUR-HOUR or HH:MM-HH:MM, as in 08-18, or 22-06 over midnight, or always", parse)
