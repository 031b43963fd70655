"""What the tests of the Kafka plugin share."""

from __future__ import annotations

import pytest

from tests.parts import need


@pytest.fixture(scope="session", autouse=True)
def plugins() -> None:
    """Both Kafka plugins under names of their own."""
    need("confluent_kafka", "kafka", "sinetstream")
    from tests.broker.streams import register

    register()


@pytest.fixture(params=["kafka", "mock_cluster"])
def broker(request: pytest.FixtureRequest) -> object:
    """The same tests on Apache Kafka and on librdkafka's mock cluster."""
    from tests.broker.streams import Broker

    address = request.getfixturevalue(request.param)
    if request.param == "mock_cluster":
        return Broker(address, None)
    return Broker(address.bootstrap, request.getfixturevalue("topics"))
