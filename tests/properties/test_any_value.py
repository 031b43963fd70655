"""Any values in range for any camera properties: on each stack each either has an effect or is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as for_all

from ss_camera.properties.how import Stack
from tests.properties.plans import KINDS, plan
from tests.properties.values import camera, texts


def _shows(given: dict[str, str], name: str, stack: Stack, library: str) -> bool:
    """Whether a setting among others changes the plan or is named in its warnings."""
    others = {other: text for other, text in given.items() if other != name}
    with_it, without = (plan(camera(settings, KINDS[stack]), stack, library) for settings in (given, others))
    told = any(f"{name} " in line for line in with_it.warnings)
    return told or replace(with_it, warnings=()) != replace(without, warnings=())


def _is_silent(given: dict[str, str], name: str, stack: Stack, library: str) -> bool:
    """Whether a setting that shows by itself does not show beside the others, and none of them covers it."""
    if _shows(given, name, stack, library) or not _shows({name: given[name]}, name, stack, library):
        return False
    return not any(
        _shows({n: text for n, text in given.items() if n != other}, name, stack, library)
        for other in given
        if other != name
    )


@pytest.mark.parametrize(
    ("stack", "library"),
    [
        (Stack.PICAMERA, "picamera"),
        (Stack.PICAMERA, "picamerax"),
        (Stack.PICAMERA2, ""),
        (Stack.SOFTWARE, ""),
    ],
)
@for_all(given=texts())
def test_each_setting_applies_or_is_told(stack: Stack, library: str, given: dict[str, str]) -> None:
    """No plan raises, and none leaves out in silence what it would do without the other settings."""
    silent = [name for name in given if _is_silent(given, name, stack, library)]
    assert not silent
    for line in plan(camera(given, KINDS[stack]), stack, library).warnings:
        assert line.isprintable()
