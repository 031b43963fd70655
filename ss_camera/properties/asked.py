"""The settings that were given in, what is asked of one stack out; what it cannot do becomes a sentence.

Of two settings that ask for one thing the first in the table's order counts, and the other is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ss_camera.properties.combinations import fitting
from ss_camera.properties.how import How, Stack
from ss_camera.properties.table import find, rank
from ss_camera.settings.model import CameraSettings, Origin, Property

Converter = Callable[[Any], Mapping[str, object] | None]
"""A setting's value in, what it asks for by the stack's own names out; None for a value without an equal."""


@dataclass
class Asked:
    """What is asked for, by the stack's own names, and which setting asks it."""

    values: dict[str, object] = field(default_factory=dict)
    by: dict[str, Property] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def take(self, given: Property, values: Mapping[str, object]) -> None:
        """Add what `given` asks for, unless something that goes before it asks for another value."""
        for name, value in values.items():
            if name not in self.values:
                self.values[name] = value
                self.by[name] = given
            elif self.values[name] != value:
                self.warnings.append(not_used(given, self.by[name]))
                return

    def pop(self, name: str, default: object = None) -> Any:
        """Take a value out; `default` where nothing asks for it."""
        return self.values.pop(name, default)

    def warn(self, given: Property, wrong: str) -> None:
        """A sentence on a setting: its name, its place, and what is wrong."""
        self.warnings.append(f"{said(given)} {wrong}")


def ask(camera: CameraSettings, stack: Stack, converters: Mapping[str, Converter]) -> Asked:
    """What is asked of `stack`. EXIF tags are left out: see `exif_tags`."""
    asked = Asked()
    possible = {}
    for name, given in sorted(camera.properties.items(), key=lambda item: rank(item[0])):
        found = find(name)
        if found is not None and found.how[stack] is not How.NOT_AVAILABLE:
            possible[name] = given
        elif found is None or given.value != found.neutral:
            instead = f"; {found.instead} has" if found is not None and found.instead else ""
            asked.warn(given, f"has no effect on CAMERA={camera.kind}{instead}")
    for given in fitting(possible, camera, asked.warnings):
        if given.name not in converters:
            continue
        values = converters[given.name](given.value)
        if values is None:
            asked.warn(
                given, f"is {given.value}, which CAMERA={camera.kind} has no equal for, and is not used"
            )
        else:
            asked.take(given, values)
    return asked


def exif_tags(camera: CameraSettings) -> dict[str, str]:
    """The EXIF tags that were given, by picamera's names: `IFD0.Copyright`."""
    beginning = "PICAMERA_EXIF_TAGS__"
    return {
        name.removeprefix(beginning): str(given.value)
        for name, given in camera.properties.items()
        if name.startswith(beginning)
    }


def frame_rate(camera: CameraSettings) -> Property:
    """The frame rate as a setting, for sentences on it."""
    origin = camera.framerate_origin or Origin("PICAMERA_FRAMERATE", "default")
    return Property(origin.name, camera.framerate, origin)


def said(given: Property) -> str:
    """A setting as the user finds it: `PICAMERA_ISO (.env:4)`."""
    return f"{given.name} ({given.origin.place})"


def not_used(given: Property, before: Property) -> str:
    """The sentence on a setting that another one goes before."""
    return f"{before.name} goes before {said(given)}, which says something else and is not used"


def same(name: str) -> Converter:
    """The value as it is, by the stack's name."""
    return lambda value: {name: value}


def one_of(name: str, words: Mapping[str, object]) -> Converter:
    """The word's equal by the stack's name, or None for a word that has none."""
    return lambda value: {name: words[value]} if value in words else None


def unless(neutral: object, convert: Converter) -> Converter:
    """As `convert`, but a neutral value asks for nothing."""
    return lambda value: {} if value == neutral else convert(value)
