"""libcamera's enumerations against our table of controls."""

from __future__ import annotations

import pytest

from ss_camera.properties.enumerations import differences, short_names
from ss_camera.settings.libcamera_controls import CONTROLS, words


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["MeteringCentreWeighted", "MeteringSpot"], ["CentreWeighted", "Spot"]),
        (["LensShadingMapModeOff", "LensShadingMapModeOn"], ["Off", "On"]),
        (["AfRangeNormal", "AfRangeMacro", "AfRangeFull"], ["Normal", "Macro", "Full"]),
        (["Off", "On"], ["Off", "On"]),
        (["TestPatternModeOff", "TestPatternModePn9"], ["Off", "Pn9"]),
        ([], []),
    ],
)
def test_the_common_beginning_is_left_out(members: list[str], expected: list[str]) -> None:
    """Up to where a word of each begins."""
    short = short_names(members)
    assert list(short) == expected
    assert list(short.values()) == members


def test_our_own_words_are_no_difference() -> None:
    """By whatever beginning they have."""
    ours = {name: [f"{name}{word}" for word in words(name)] for name in CONTROLS if words(name)}
    assert differences(ours) == ()


def test_what_a_camera_only_tells_is_no_difference() -> None:
    """States of a frame have words too."""
    assert differences({"AfState": ["AfStateIdle", "AfStateScanning"]}) == ()


@pytest.mark.parametrize(
    ("control", "members", "sentence"),
    [
        (
            "AfSpeed",
            ["AfSpeedNormal", "AfSpeedFast", "AfSpeedSlow"],
            "AfSpeed has Slow, which our table has not",
        ),
        ("AfRange", ["AfRangeNormal", "AfRangeFull"], "AfRange has no Macro, which our table has"),
        (
            "AfSpeed",
            ["AfSpeedFast", "AfSpeedNormal"],
            "AfSpeed has its words in another order than our table",
        ),
        ("NewMode", ["NewModeOff", "NewModeOn"], "NewMode is not in our table"),
        (
            "ExposureTime",
            ["ExposureA", "ExposureB"],
            "ExposureTime is an enumeration, and not so in our table",
        ),
    ],
)
def test_a_difference_is_a_sentence(control: str, members: list[str], sentence: str) -> None:
    """A new libcamera is noticed by this."""
    assert differences({control: members}) == (f"libcamera's {sentence}",)
