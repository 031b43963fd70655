"""Any values in range for any camera properties: on each stack each either has an effect or is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import settings

from ss_camera.properties.how import Stack
from tests.properties.plans import KINDS, plan
from tests.properties.values import camera, texts

NEEDS = {"PICAMERA_IMAGE_EFFECT_PARAMS": "PICAMERA_IMAGE_EFFECT"}
"""What the program does not start without."""


def _some(given: dict[str, str], names: set[str]) -> dict[str, str]:
    """The settings of these names, with what they need."""
    needed = {NEEDS[name] for name in names if name in NEEDS}
    return {name: text for name, text in given.items() if name in names | needed}


def _shows(given: dict[str, str], name: str, stack: Stack, library: str) -> bool:
    """Whether a setting among others changes the plan or is named in its warnings."""
    others = {other for other in given if name not in (other, NEEDS.get(other))}
    without = plan(camera(_some(given, others), KINDS[stack]), stack, library)
    with_it = plan(camera(given, KINDS[stack]), stack, library)
    told = any(f"{name} " in line for line in with_it.warnings)
    return told or replace(with_it, warnings=()) != replace(without, warnings=())


def _is_silent(given: dict[str, str], name: str, stack: Stack, library: str) -> bool:
    """Whether a setting that shows by itself does not show among the others, and none of them covers it."""
    alone = _some(given, {name})
    if _shows(given, name, stack, library) or not _shows(alone, name, stack, library):
        return False
    pairs = (_some(given, {name, other}) for other in given if other not in alone)
    return all(_shows(pair, name, stack, library) for pair in pairs)


@pytest.mark.parametrize(
    ("stack", "library"),
    [
        (Stack.PICAMERA, "picamera"),
        (Stack.PICAMERA, "picamerax"),
        (Stack.PICAMERA2, ""),
        (Stack.SOFTWARE, ""),
    ],
)
@settings(deadline=None)  # a case reads the settings some fifty times
@for_all(given=texts())
def test_each_setting_applies_or_is_told(stack: Stack, library: str, given: dict[str, str]) -> None:
    """No plan raises, and none leaves out in silence what it would do without the other settings."""
    silent = [name for name in given if _is_silent(given, name, stack, library)]
    assert not silent
    for line in plan(camera(given, KINDS[stack]), stack, library).warnings:
        assert line.isprintable()
