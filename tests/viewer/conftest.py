"""A clock that stands at the time of the tests' pictures, and what goes with it."""

from __future__ import annotations

import pytest

from ss_camera.clock import FakeClock
from tests.pictures import TAKEN_US
from tests.viewer.sender import Camera
from viewer.cameras import Cameras


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(TAKEN_US / 1e6)


@pytest.fixture
def cameras(clock: FakeClock) -> Cameras:
    return Cameras(clock)


@pytest.fixture
def camera(clock: FakeClock) -> Camera:
    return Camera("gate", "b00t", clock)
