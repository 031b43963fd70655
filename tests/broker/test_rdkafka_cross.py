"""Ours and SINETStream's own Kafka plugin read each other's messages, and write the same bytes."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.kafka_node import KafkaNode
from tests.broker.streams import OURS, STOCK, Broker, async_writer, read_all, reader, take, values, writer
from tests.kafka_topics import Topics

SIZES = [0, 1, 15_000, 900_000]


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("reads", [OURS, STOCK])
@pytest.mark.parametrize("writes", [OURS, STOCK])
def test_each_reads_what_the_other_writes(
    broker: Broker, writes: str, reads: str, asynchronous: bool
) -> None:
    """All pairs of writer and reader, on both brokers: the same values in the same order."""
    topic = broker.topic()
    sent = [bytes([size % 251]) * size for size in SIZES]
    spec: dict[str, Any] = {"message_key": "k"} if writes == OURS else {"partitioner": first_partition}
    if asynchronous:
        with async_writer(broker.bootstrap, topic, writes, spec) as sink:
            for message in sent:
                sink.publish(message).get(30)
    else:
        with writer(broker.bootstrap, topic, writes, spec) as sink:
            for message in sent:
                sink.publish(message)
    assert values(read_all(broker.bootstrap, topic, len(sent), reads)) == sent


def first_partition(key: bytes | None, every: list[int], available: list[int]) -> int:
    """kafka-python would choose at random."""
    return every[0]


@pytest.mark.parametrize("message_format", [2, 3])
def test_the_bytes_on_the_wire_are_the_same(kafka: KafkaNode, topics: Topics, message_format: int) -> None:
    """A consumer that knows neither sees no difference: value, key, headers."""
    records = []
    for kind in (OURS, STOCK):
        topic = topics.make()
        with writer(kafka.bootstrap, topic, kind, message_format=message_format) as sink:
            sink.publish(b"frame" * 100, timestamp=1_700_000_000.0)
        with reader(kafka.bootstrap, topic) as source:
            source.seek_to_beginning()
            plugin = source._debug_get_plugin()
            value, _, record = next(iter(plugin))
            records.append((value, record.key, record.headers))
    assert records[0] == records[1]


def test_both_take_the_same_configuration(kafka: KafkaNode, topics: Topics) -> None:
    """Options as SINETStream's users have them in their files work unchanged with either."""
    topic = topics.make()
    writing = {
        "acks": "all",
        "linger_ms": 0,
        "max_request_size": 2_000_000,
        "retries": 3,
        "batch_size": 16384,
    }
    reading = {
        "auto_offset_reset": "earliest",
        "fetch_max_wait_ms": 100,
        "max_partition_fetch_bytes": 3_000_000,
    }
    for kind in (OURS, STOCK):
        with writer(kafka.bootstrap, topic, kind, spec=writing, client_id="c") as sink:
            sink.publish(kind.encode() * 100_000)
    for kind in (OURS, STOCK):
        with reader(kafka.bootstrap, topic, kind, spec=reading) as source:
            assert values(take(source, 2)) == [OURS.encode() * 100_000, STOCK.encode() * 100_000]
