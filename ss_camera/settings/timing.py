"""`SCHEDULE`'s text in, a `Schedule` out, or the reason why it is none.

The forms are those of the SINETStream sample (`N` seconds, `every ...`) within the rules of the
`schedule` package 1.2.2, which runs the wall-clock ones; tests/settings holds both against each other.
"""

from __future__ import annotations

import re

from ss_camera.settings.declare import Bad, Kind
from ss_camera.settings.model import Schedule
from ss_camera.settings.parsers import nearest

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_S = 3650 * 86_400

_EVERY = re.compile(r"every\s*([0-9]+)?\s*([a-z]+?)(?:\s+at(?![a-z])\s*(.*))?")
_AT = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,2})?:([0-9]{1,2})")
_FORMS = (
    "N (seconds), or every [N] seconds|minutes|hours|days|weeks, or every minute at :SS, "
    "every hour at :MM or MM:SS, every day at HH:MM[:SS], every monday at HH:MM[:SS]"
)


def parse(text: str) -> Schedule:
    """The schedule that `text` writes, whatever its case. Raises `Bad`."""
    word = " ".join(text.split())
    if not word.isascii():
        raise Bad("has characters other than plain ASCII", expected="digits 0 to 9")
    fold = word.casefold()
    if re.fullmatch(r"[+-]?[0-9]+", fold):
        return Schedule(word, _count(fold, "second"), "second")
    match = _EVERY.fullmatch(fold)
    if match is None:
        raise _no_form(fold)
    unit = _unit(match[2], match[1])
    count = _count(match[1] or "1", unit)
    return Schedule(word, count, unit, None if match[3] is None else _at(match[3], unit))


def note(plan: Schedule) -> str | None:
    """A warning where the text means something else than many a reader takes it for."""
    if plan.unit == "hour" and plan.at and not plan.at.startswith(":"):
        minute, second = plan.at.split(":")
        return (
            f"SCHEDULE: `{plan.text}` means minute {minute}, second {second} of the hour; "
            f"for a minute of the hour write `at :MM`, for a time of the day `every day at HH:MM`"
        )
    return None


def _no_form(fold: str) -> Bad:
    if re.fullmatch(r"[0-9]*\.[0-9]+|every\s*[0-9]*\.[0-9]+.*", fold):
        return Bad(
            "is not a whole number of seconds",
            expected="whole seconds, or PICAMERA_FRAMERATE instead for several pictures a second",
        )
    short = re.fullmatch(r"([0-9]+) ?([a-z]+)", fold)
    if short:
        unit = nearest(short[2], [u + "s" for u in SECONDS]) or _initial(short[2])
        every = f"every {short[1]} {unit}"
        return Bad("has no `every`", meant=every, expected=f"`{short[1]}` or `{every}`")
    if len(fold.split()) in (5, 6) and re.fullmatch(r"[-0-9*/,a-z? ]+", fold) and "every" not in fold:
        return Bad("is in cron's form, which is not supported", expected="for example `every day at 10:30`")
    if re.match(r"every\s*-", fold):
        return _too_short()
    if re.fullmatch(r"every.*[a-z]\s+[0-9]*:[0-9:]*", fold):
        return Bad("has a time without `at`", expected="for example `every day at 10:30`")
    return Bad("is not a schedule")


def _initial(letters: str) -> str:
    return next((unit + "s" for unit in SECONDS if unit.startswith(letters[0])), "seconds")


def _too_short() -> Bad:
    return Bad("is shorter than a second", expected="an interval of 1 second at least")


def _unit(word: str, count: str | None) -> str:
    plural = word.endswith("s") and word[:-1] in SECONDS
    unit = word[:-1] if plural else word
    if unit in WEEKDAYS:
        if count is not None and int(count[:9]) != 1:
            raise Bad(
                "counts weekdays, which is not possible", expected=f"`every {unit}`, or `every {count} weeks`"
            )
        return unit
    if unit not in SECONDS:
        meant = nearest(word, [*SECONDS, *(u + "s" for u in SECONDS), *WEEKDAYS])
        raise Bad("names no unit of time", subject=word, meant=meant)
    if not plural and count is not None and int(count[:9]) != 1:
        raise Bad(f"counts more than one {unit}", meant=f"every {count} {unit}s")
    return unit


def _count(digits: str, unit: str) -> int:
    if len(digits) > 12 or int(digits) * SECONDS.get(unit, SECONDS["week"]) > LONGEST_S:
        raise Bad("is too large", expected="at most ten years")
    if int(digits) < 1:
        raise _too_short()
    return int(digits)


def _at(time: str, unit: str) -> str:
    if unit in ("second", "week"):
        raise Bad(
            f"has `at` with {unit}s, and `at` needs minutes, hours, days or a weekday",
            expected="for example `every minute at :30`, `every monday at 10:30`",
        )
    form = {"minute": ":SS", "hour": ":MM or MM:SS"}.get(unit, "HH:MM or HH:MM:SS")
    match = _AT.fullmatch(time)
    if not match:
        raise Bad(f"has no time in the form {form}", expected=f"`every {unit} at {form}`")
    first, middle, last = match.groups()
    values = [value for value in (first, middle, last) if value is not None]
    if (unit == "minute" and len(values) != 1) or (unit == "hour" and len(values) == 3):
        raise Bad(f"has a time that {unit}s do not take", expected=f"for {unit}s write `at {form}`")
    if unit not in ("minute", "hour"):
        if len(values) == 1:
            raise Bad("has no hour", expected=f"`every {unit} at {form}`")
        return _clock(values)
    _sixty(values)
    return ":".join(value.zfill(2) for value in values) if len(values) == 2 else ":" + last.zfill(2)


def _clock(values: list[str]) -> str:
    if int(values[0]) > 23:
        raise Bad("is not an hour", subject=values[0], expected="an hour from 0 to 23")
    _sixty(values[1:])
    return ":".join(value.zfill(2) for value in values)


def _sixty(values: list[str]) -> None:
    for value in values:
        if int(value) > 59:
            raise Bad("is not a minute or second", subject=value, expected="minutes and seconds from 0 to 59")


SCHEDULE = Kind(_FORMS, parse)
