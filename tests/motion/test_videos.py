"""The drawn videos: light alone is never motion, and nothing that moves is missed."""

from __future__ import annotations

import pytest

from scripts.make_motion_table import PAGE
from tests.motion import table
from tests.motion.videos import LIGHT_ONLY, MOVERS, WEATHER, Video
from tests.parts import need


@pytest.fixture(autouse=True)
def _with_video() -> None:
    need("av")


@pytest.mark.parametrize("video", LIGHT_ONLY, ids=lambda video: video.name)
def test_light_alone_is_never_motion(video: Video) -> None:
    """Clouds, lamps, exposure, flicker and night noise raise no alarm on luma.

    On vectors, which an encoder makes up where the light changes, no more than by pinthesky's rule.
    """
    scores = table.scores(video.name)
    assert scores.luma.false_alarms == 0
    assert scores.vectors.false_alarms <= scores.pinthesky.false_alarms


@pytest.mark.parametrize("video", WEATHER, ids=lambda video: video.name)
def test_weather_and_torn_frames_are_no_motion(video: Video) -> None:
    """Rain, leaves under a mask, and single frames that are damaged raise no alarm, on vectors neither."""
    assert table.scores(video.name).luma.false_alarms == 0
    assert table.scores(video.name).vectors.false_alarms == 0


@pytest.mark.parametrize("video", MOVERS, ids=lambda video: video.name)
def test_no_mover_is_missed(video: Video) -> None:
    """Small, slow, fast, pale, at night, in rain, under clouds: found on luma, and nothing else is."""
    luma = table.scores(video.name).luma
    assert luma.hits == luma.motions
    assert luma.false_alarms == 0


def test_the_guide_shows_what_was_measured() -> None:
    """docs/guide/motion.md holds the table as the script makes it."""
    shown = PAGE.read_text().split(table.START)[1].split(table.END)[0].strip().splitlines()
    assert shown == table.markdown()
