"""A log says what goes wrong and how often, and is not filled by it."""

from __future__ import annotations

import logging

import pytest

from ss_camera.clock import FakeClock
from ss_camera.rare_log import RareLog


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_kind_is_logged_once_in_the_interval(caplog: pytest.LogCaptureFixture) -> None:
    """The next line after it says how many were kept back; another kind is not held up."""
    clock = FakeClock()
    log = RareLog(logging.getLogger("test"), clock, 60.0)
    for _ in range(100):
        log.warning("a", "something")
    log.warning("b", "something else")
    clock.advance(60.0)
    log.warning("a", "something")
    assert lines(caplog) == [
        "something",
        "something else",
        "something (99 more like it since the last such line)",
    ]


def test_a_burst_is_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    """As many lines as it allows go out in each interval."""
    clock = FakeClock()
    log = RareLog(logging.getLogger("test"), clock, 1.0, burst=3)
    for number in range(5):
        log.warning("a", f"line {number}")
    clock.advance(1.0)
    log.warning("a", "line 5")
    assert lines(caplog) == [
        "line 0",
        "line 1",
        "line 2",
        "line 5 (2 more like it since the last such line)",
    ]
