"""`RECORDING_WINDOW`: which texts are one, and which minutes of the day are in it."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ss_camera.settings.model import RecordingWindow
from tests.settings.loading import loaded, problem

DAY_MIN = 24 * 60


def window(text: str) -> RecordingWindow:
    clips = loaded(MOTION="on", RECORDING_WINDOW=text).clips
    assert clips is not None
    assert clips.window is not None
    return clips.window


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("08-18", [(8, 0), (12, 30), (17, 59)], [(7, 59), (18, 0), (0, 0)]),
        ("8-18", [(8, 0)], [(18, 0)]),
        ("22-06", [(22, 0), (23, 59), (0, 0), (5, 59)], [(6, 0), (21, 59)]),
        ("18-08", [(18, 0), (7, 59)], [(8, 0), (17, 59)]),
        ("08:30-17:15", [(8, 30), (17, 14)], [(8, 29), (17, 15)]),
        ("22:30 - 6", [(22, 30), (5, 59)], [(22, 29), (6, 0)]),
        ("0-24", [(0, 0), (23, 59)], []),
        ("always", [(0, 0), (23, 59)], []),
        ("12-24", [(12, 0), (23, 59)], [(0, 0), (11, 59)]),
        ("23-0", [(23, 0), (23, 59)], [(0, 0), (22, 59)]),
    ],
)
def test_a_window(text: str, inside: list[tuple[int, int]], outside: list[tuple[int, int]]) -> None:
    """One that ends before it begins goes over midnight; its end does not belong to it."""
    made = window(text)
    assert all(made.contains(hour * 60 + minute) for hour, minute in inside)
    assert not any(made.contains(hour * 60 + minute) for hour, minute in outside)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("8-25", '"25" is not an hour; expected hours from 0 to 24'),
        ("24-8", '"24" is no hour to begin at; expected a first hour from 0 to 23'),
        ("08:60-18", '"60" is not a minute; expected minutes from 00 to 59'),
        ("8-24:01", '"24:01" is after the end of the day; expected at most 24:00'),
        ("8-8", '"8-8" begins when it ends; expected two times that differ'),
        ("08:00", '"08:00" is no window from one hour to another; expected HOUR-HOUR'),
        ("08", '"08" is no window'),
        ("-8-18", '"-8-18" is no window'),
        ("8am-6pm", '"8am-6pm" is no window'),
        ("08-18,20-22", '"08-18,20-22" is no window'),
        ("٠٨-١٨", "is no window"),
    ],
)
def test_what_is_no_window_is_told(text: str, told: str) -> None:
    """With what is wrong in it, and how a window is written."""
    assert told in problem(RECORDING_WINDOW=text)


@for_all(st.integers(0, DAY_MIN - 1), st.integers(0, DAY_MIN), st.integers(0, DAY_MIN - 1))
def test_a_window_and_the_rest_of_the_day_make_a_day(start: int, end: int, now: int) -> None:
    """Each minute is in one of them and not in both."""
    if start == end % DAY_MIN:
        return  # the whole day, or no window at all
    rest = RecordingWindow(end % DAY_MIN, start)
    assert RecordingWindow(start, end).contains(now) != rest.contains(now)


def test_without_one_motion_is_recorded_always() -> None:
    """None, and no window of 24 hours."""
    clips = loaded(MOTION="on").clips
    assert clips is not None
    assert clips.window is None
