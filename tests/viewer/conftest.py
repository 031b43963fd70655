"""A clock that stands at the time of the tests' pictures, and what goes with it; the Kafka clients."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest
from sinetstream import MessageReader

from ss_camera.clock import FakeClock
from tests.parts import need
from tests.pictures import TAKEN_US
from tests.viewer.sender import Camera
from viewer.cameras import Cameras
from viewer.subscription import use_librdkafka


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(TAKEN_US / 1e6)


@pytest.fixture
def cameras(clock: FakeClock) -> Cameras:
    return Cameras(clock)


@pytest.fixture
def camera(clock: FakeClock) -> Camera:
    return Camera("gate", "b00t", clock)


@pytest.fixture(params=["librdkafka", "kafka-python"])
def client(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both Kafka clients in turn; SINETStream's table of plugins is as before afterwards."""
    before = MessageReader.registry._plugins["kafka"]
    if request.param == "librdkafka":
        need("confluent_kafka")
    else:  # a sink of another test may have put librdkafka's there
        [own] = entry_points(group="sinetstream.reader", name="kafka")
        MessageReader.registry.register("kafka", own)
    use_librdkafka(request.param)
    yield request.param
    MessageReader.registry.register("kafka", before)
