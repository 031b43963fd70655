"""The table of camera properties against the settings, the plans that follow it, and its page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.make_camera_properties_doc import PAGE, page
from ss_camera.properties.how import How, Nothing, Row, Stack
from ss_camera.properties.table import ROWS, find
from ss_camera.settings import TABLE
from tests.properties.examples import EXAMPLES
from tests.properties.plans import KINDS, plan
from tests.properties.values import PICAMERA, PICAMERA2, camera

# the source's own: size, rate, quality and number are fields of the camera's settings
OF_THE_SOURCE = {
    *("PICAMERA_RESOLUTION", "PICAMERA2_SIZE", "PICAMERA2_MAIN_SIZE"),
    *("PICAMERA_FRAMERATE", "PICAMERA2_CONTROLS_FRAME_RATE", "PICAMERA_CAMERA_NUM"),
    *("CAPTURE_QUALITY", "CAPTURE_FORMAT"),
}
TAG = "PICAMERA_EXIF_TAGS__"
each_name = pytest.mark.parametrize("name", EXAMPLES)
each_stack = pytest.mark.parametrize("stack", Stack)


def test_the_page_is_made_from_the_table() -> None:
    """After a change of the table: scripts/make_camera_properties_doc.py."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_camera_property_has_a_row() -> None:
    """And every row is a setting."""
    beginnings = ("PICAMERA_", "PICAMERA2_", "CAPTURE_")
    names = [setting.name for setting in TABLE if setting.name.startswith(beginnings)]
    assert sorted(names) == sorted(row.name for row in ROWS)


def test_every_row_is_tried() -> None:
    """By an example and by any value."""
    names = {row.name for row in ROWS} - OF_THE_SOURCE
    assert {TAG + "*" if name.startswith(TAG) else name for name in EXAMPLES} == names
    any_value = {*PICAMERA, *PICAMERA2, "PICAMERA_IMAGE_EFFECT_PARAMS", *OF_THE_SOURCE, TAG + "*"}
    assert names <= any_value


@each_stack
@each_name
def test_a_stack_does_what_the_table_says(name: str, stack: Stack) -> None:
    """What is not available is one sentence that names the variable; anything else changes the plan."""
    text, beside = EXAMPLES[name]
    without = plan(camera(beside, KINDS[stack]), stack)
    with_it = plan(camera({**beside, name: text}, KINDS[stack]), stack)
    row = find(name)
    assert row is not None
    changed = replace(with_it, warnings=()) != replace(without, warnings=())
    sentences = [line for line in with_it.warnings if line.startswith(f"{name} (environment)")]
    assert changed == (row.how[stack] is not How.NOT_AVAILABLE)
    assert len(sentences) == (row.how[stack] is How.NOT_AVAILABLE), with_it.warnings
    if sentences:
        assert f"has no effect on CAMERA={KINDS[stack]}" in sentences[0]


@each_stack
@pytest.mark.parametrize("row", [row for row in ROWS if row.neutral is not Nothing], ids=lambda row: row.name)
def test_a_value_that_asks_for_nothing_is_no_warning(row: Row, stack: Stack) -> None:
    """A stack without DRC does PICAMERA_DRC_STRENGTH=off exactly."""
    given = {row.name: str(row.neutral).lower(), "PICAMERA_FRAMERATE": "10"}
    assert plan(camera(given, KINDS[stack]), stack).warnings == ()


@pytest.mark.parametrize("name", ["PICAMERA_COLORSPACE", "PICAMERA_ANALOG_GAIN", "PICAMERA_ISP_BLOCKS"])
def test_what_is_picameraxs_alone_is_told_with_picamera(name: str) -> None:
    """The two libraries differ in four properties and one word."""
    given = camera({name: EXAMPLES[name][0]}, "picamera")
    assert plan(given, Stack.PICAMERA, "picamera").warnings == (
        f"{name} (environment) has an effect with picamerax only and is not used",
    )


@pytest.mark.parametrize("stack", [Stack.PICAMERA, Stack.PICAMERA2])
@pytest.mark.parametrize(
    ("before", "off"),
    [("AE_ENABLE", "PICAMERA_EXPOSURE_MODE"), ("AWB_ENABLE", "PICAMERA_AWB_MODE")],
)
def test_what_libcameras_name_switches_on_picameras_does_not_switch_off(
    stack: Stack, before: str, off: str
) -> None:
    """On each stack alike, and one sentence names the one that does not count."""
    enable = f"PICAMERA2_CONTROLS_{before}"
    both = plan(camera({enable: "true", off: "off"}, KINDS[stack]), stack)
    alone = plan(camera({enable: "true"}, KINDS[stack]), stack)
    [sentence] = both.warnings
    assert sentence == f"{off} (environment) is off and is not used: {enable}=true goes before it"
    assert replace(both, warnings=()) == alone


@pytest.mark.parametrize("stack", Stack)
def test_the_whole_picture_goes_before_the_part_that_an_old_name_asks_for(stack: Stack) -> None:
    """`PICAMERA_ZOOM=0,0,1,1` says something else than `PICAMERA_CROP`, on each stack alike."""
    given = {"PICAMERA_ZOOM": "0,0,1,1", "PICAMERA_CROP": "0.1,0.1,0.5,0.5"}
    [sentence] = plan(camera(given, KINDS[stack]), stack).warnings
    assert sentence.startswith("PICAMERA_ZOOM goes before PICAMERA_CROP")
