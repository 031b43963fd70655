"""A camera's partition is the same whichever client computes it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import DefaultPartitioner
from kafka.partitioner.default import murmur2 as kafka_pythons

from scripts.kafka_node import KafkaNode
from sinetstreamplugin.rdkafka import KeyPartitioner
from sinetstreamplugin.rdkafka_partitioner import murmur2, partition_for
from tests.broker.streams import OURS, STOCK, read_all, writer
from tests.kafka_topics import Topics


@given(st.binary(max_size=40))
def test_the_hash_is_kafka_pythons(data: bytes) -> None:
    """Of any bytes."""
    assert murmur2(data) == kafka_pythons(data)


def test_the_hash_is_javas() -> None:
    """The values that Kafka's own tests of Utils.murmur2 name."""
    expected = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536}
    assert {text: murmur2(text.encode()) for text in expected} == {
        text: value & 0xFFFFFFFF for text, value in expected.items()
    }


@given(st.text(min_size=1, max_size=20), st.integers(min_value=1, max_value=50))
def test_the_fallback_takes_the_default_partitioners_place(camera: str, count: int) -> None:
    """KeyPartitioner puts a record without a key where kafka-python puts one with the key."""
    partitions = list(range(count))
    expected = DefaultPartitioner()(camera.encode(), partitions, partitions)
    assert KeyPartitioner(camera)(None, partitions, []) == expected == partition_for(camera.encode(), count)


def test_both_clients_write_to_the_same_partition(kafka: KafkaNode, topics: Topics) -> None:
    """message_key with librdkafka, KeyPartitioner with kafka-python, and KeyPartitioner with librdkafka."""
    for camera in ("gate", "roof", "pi-4b-0007", "庭"):
        topic = topics.make(partitions=6)
        ways = (OURS, {"message_key": camera}), (STOCK, {"partitioner": KeyPartitioner(camera)})
        for kind, spec in (*ways, (OURS, {"partitioner": KeyPartitioner(camera)})):
            with writer(kafka.bootstrap, topic, kind, spec) as sink:
                sink.publish(kind.encode())
        partitions = {message.raw.partition for message in read_all(kafka.bootstrap, topic, 3)}
        assert partitions == {partition_for(camera.encode(), 6)}
