"""libcamera's enumerations as the bindings have them in, their short names and what our table lacks out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ss_camera.settings.libcamera_controls import CONTROLS, words

_REPORTED = frozenset({"AeState", "AfState", "AfPauseState", "AwbState", "HdrChannel"})
"""Enumerations that a camera tells of a frame, and that nobody sets."""


def short_names(members: Iterable[str]) -> Mapping[str, str]:
    """The members by their names without the common beginning: `MeteringSpot` by `Spot`.

    The beginning ends where a word of each member begins: `ModeOff` and `ModeOn` share `Mode`.
    """
    names = list(members)
    first, last = (min(names), max(names)) if len(names) > 1 else ("", "")
    end = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), 0)
    while end and not all(re.match("[A-Z0-9]", name[end:]) for name in names):
        end -= 1
    return {name[end:]: name for name in names}


def differences(enumerations: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """What our table of controls and the installed bindings do not have in common, one sentence each.

    `enumerations`: the full names of the members of each control's enumeration, by the control's name, in
    the order of their numbers. A control that the bindings do not have is no difference: they are older.
    """
    return tuple(_differences(enumerations))


def _differences(enumerations: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for control, members in enumerations.items():
        if control in _REPORTED:
            continue
        if control not in CONTROLS:
            yield f"libcamera's {control} is not in our table"
            continue
        ours, theirs = words(control), tuple(short_names(members))
        if not ours:
            yield f"libcamera's {control} is an enumeration, and not so in our table"
        for word in theirs:
            if ours and word not in ours:
                yield f"libcamera's {control} has {word}, which our table has not"
        for word in ours:
            if word not in theirs:
                yield f"libcamera's {control} has no {word}, which our table has"
        common = [word for word in ours if word in theirs]
        if common != [word for word in theirs if word in ours]:
            yield f"libcamera's {control} has its words in another order than our table"
