"""What a row of the table of camera properties says: how each stack does one setting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stack(StrEnum):
    """What drives the camera. `SOFTWARE` is all that no camera library of a Raspberry Pi drives."""

    PICAMERA = "picamera"
    PICAMERA2 = "picamera2"
    SOFTWARE = "software"


class How(StrEnum):
    """`EXACT`: the library does what the name says. `SOFTWARE`: done to the decoded picture."""

    EXACT = "exact"
    APPROXIMATED = "approximated"
    SOFTWARE = "software"
    NOT_AVAILABLE = "not available"


class Nothing:
    """No value of a setting: it asks for something whatever its value is."""


_LETTERS = {"e": How.EXACT, "a": How.APPROXIMATED, "s": How.SOFTWARE, "-": How.NOT_AVAILABLE}


@dataclass(frozen=True)
class Row:
    """How each stack does the setting `name`. One that ends in `*` stands for all with that beginning.

    `neutral` is the value that asks for nothing, so that a stack which cannot do the setting need not say
    so; `instead` names a setting that does the same there.
    """

    name: str
    how: dict[Stack, How]
    note: str = ""
    neutral: object = Nothing
    instead: str = ""


def row(name: str, letters: str, note: str = "", *, neutral: object = Nothing, instead: str = "") -> Row:
    """A row; `letters` are those of picamera, picamera2 and software: Exact, Approximated, Software, `-`."""
    how = {stack: _LETTERS[letter] for stack, letter in zip(Stack, letters, strict=True)}
    return Row(name, how, note, neutral, instead)
