"""Which Kafka client publishes, and what it is told beyond the user's own options.

librdkafka where it installs; else sinetstream-kafka on kafka-python with `crc32c`. Measured in
docs/design/publishing.md: 1/60 of the CPU a picture on a real broker.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any

from ss_camera.settings.model import Route

LIBRDKAFKA = "librdkafka"
KAFKA_PYTHON = "kafka-python"


def choose(wanted: str) -> str:
    """`librdkafka` or `kafka-python` for KAFKA_CLIENT's value; settings have checked that it installs."""
    if wanted != "auto":
        return wanted
    return LIBRDKAFKA if importlib.util.find_spec("confluent_kafka") else KAFKA_PYTHON


def max_in_flight(client: str) -> int:
    """kafka-python stalls and loses frames with several large requests in flight (18 of 64 runs)."""
    return 256 if client == LIBRDKAFKA else 1


def type_spec(client: str, route: Route, camera: str) -> dict[str, object]:
    """The broker options for `client`: ours, and the user's over them."""
    return {**own_options(client, route.consistency, camera), **route.type_spec}


def own_options(client: str, consistency: str, camera: str) -> Mapping[str, object]:
    """The broker options that the publisher's order and patience rest on."""
    own = _librdkafka if client == LIBRDKAFKA else _kafka_python
    return own(consistency, camera)


def take_name(client: str) -> None:
    """Let SINETStream's name `kafka` mean the chosen client in this process, config files included."""
    if client == LIBRDKAFKA:
        from sinetstreamplugin.rdkafka import register

        register("rdkafka", "kafka")


def abandon(plugin: Any) -> None:
    """End kafka-python's producer now: its own close() waits for a dead broker without end."""
    producer = getattr(plugin, "_client", None)
    if producer is not None:
        producer.close(timeout=0)


def _librdkafka(consistency: str, camera: str) -> Mapping[str, object]:
    # no waiting in the plugin: the publisher waits for the broker, and the sink for its results
    options: dict[str, object] = {"message_key": camera, "connect_timeout_ms": 0, "close_timeout_ms": 0}
    # the outbox is rewound to the first message that failed: none behind it may arrive before
    options["end_at_failure"] = True
    if consistency == "AT_MOST_ONCE":
        options["message.timeout.ms"] = 5000  # one attempt: what a dead broker holds back is dropped
    return options


def _kafka_python(consistency: str, camera: str) -> Mapping[str, object]:
    from sinetstreamplugin.rdkafka_partitioner import KeyPartitioner

    options: dict[str, object] = {"partitioner": KeyPartitioner(camera)}
    if consistency == "AT_LEAST_ONCE":
        options.update(
            acks="all", retries=10, request_timeout_ms=30_000, max_in_flight_requests_per_connection=1
        )
    return options
