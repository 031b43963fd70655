"""The servers that all tests share: each started once a session, when the first test asks for it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import servers
from tests.parts import REQUIRE_ALL, missing, need

if TYPE_CHECKING:  # these need libraries that may be missing, and then only their tests shall be skipped
    from scripts.kafka_node import KafkaNode
    from tests.kafka_topics import Topics

with contextlib.suppress(ImportError):  # real cameras are tested on Pythons without it
    from hypothesis import HealthCheck, settings

    # how long an example takes, or its making, is not judged: other work on the machine would fail a test.
    # In CI the examples are the same each time: what a new one finds is for who runs the tests by hand
    settings.register_profile(
        "ours",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=os.environ.get(REQUIRE_ALL) == "1",
    )
    settings.load_profile("ours")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaNode]:
    """An Apache Kafka node. Tests that kill or pause it leave it running again."""
    need("java", "mvn", "confluent_kafka", "cryptography")
    from scripts.kafka_jars import JarsMissing
    from scripts.kafka_node import KafkaNode

    try:
        node = KafkaNode(tmp_path_factory.mktemp("kafka"))
    except JarsMissing as error:
        missing(str(error))
    with node:
        yield node


@pytest.fixture(scope="session")
def topics(kafka: KafkaNode) -> Topics:
    """Makes topics and grants rights on the `kafka` node."""
    from tests.kafka_topics import Topics

    return Topics(kafka.bootstrap)


@pytest.fixture(scope="session")
def mock_cluster() -> Iterator[str]:
    """The address of librdkafka's mock cluster, in a process of its own."""
    need("confluent_kafka")
    with servers.mock_cluster() as address:
        yield address


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Host and port of an MQTT broker."""
    need("mosquitto")
    with servers.mosquitto(tmp_path_factory.mktemp("mosquitto")) as address:
        yield address


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an S3 server."""
    need("moto", "flask", "boto3")
    with servers.moto(tmp_path_factory.mktemp("moto")) as url:
        yield url
