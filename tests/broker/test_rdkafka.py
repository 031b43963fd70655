"""The Kafka plugin in plain operation, on Apache Kafka and on librdkafka's mock cluster alike."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest
import sinetstream

from tests.broker.streams import (
    OURS,
    Broker,
    Outcomes,
    async_writer,
    read_all,
    take,
    values,
    wait_until,
    writer,
)

SIZES = [0, 1, 7, 1_000, 15_000, 100_000, 900_000]
KEY = {
    "algorithm": "AES",
    "mode": "EAX",
    "key_length": 256,
    "key_derivation": {"algorithm": "pbkdf2", "salt_bytes": 16, "iteration": 1000},
    "password": "correct horse",
}


def payload(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def digests(messages: list[bytes]) -> list[str]:
    return sorted(hashlib.sha256(message).hexdigest() for message in messages)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_all_sizes_arrive_as_they_were(broker: Broker, kind: str) -> None:
    """From nothing to 900 KB, byte by byte the same, each confirmed with its place."""
    topic = broker.topic()
    sent = [payload(size) for size in SIZES]
    if kind == "sync":
        with writer(broker.bootstrap, topic) as sink:
            confirmations = [sink.publish(message) for message in sent]
    else:
        outcomes = Outcomes()
        with async_writer(broker.bootstrap, topic) as sink:
            for message in sent:
                outcomes.of(sink.publish(message))
            outcomes.wait(len(sent))
        assert not outcomes.reasons
        confirmations = outcomes.values
    received = read_all(broker.bootstrap, topic, len(sent))
    assert digests(values(received)) == digests(sent)
    places = {(message.raw.partition, message.raw.offset) for message in received}
    assert places == {(confirmation.partition, confirmation.offset) for confirmation in confirmations}


def test_a_camera_keeps_its_order_over_many_partitions(broker: Broker) -> None:
    """With a message_key each, three cameras write at once to 6 partitions; each is read in order."""
    topic = broker.topic(partitions=6)
    cameras = ["gate", "roof", "nest"]
    outcomes = Outcomes()
    sinks = {
        camera: async_writer(broker.bootstrap, topic, spec={"message_key": camera}).open()
        for camera in cameras
    }
    for number in range(100):
        for camera, sink in sinks.items():
            outcomes.of(sink.publish(f"{camera} {number}".encode()))
    outcomes.wait(300)
    for sink in sinks.values():
        sink.close()
    received = read_all(broker.bootstrap, topic, 300)
    for camera in cameras:
        own = [message for message in received if message.raw.key == camera.encode()]
        assert values(own) == [f"{camera} {number}".encode() for number in range(100)]
        assert len({message.raw.partition for message in own}) == 1


@pytest.mark.parametrize("algorithm", ["gzip", "zstd"])
def test_encryption_and_compression_are_sinetstreams(broker: Broker, algorithm: str) -> None:
    """With the same parameters the reader gets it back; without the key nothing is readable."""
    topic = broker.topic()
    more: dict[str, Any] = {
        "data_encryption": True,
        "crypto": KEY,
        "data_compression": True,
        "compression": {"algorithm": algorithm},
    }
    secret = b"a word " * 1000
    with async_writer(broker.bootstrap, topic, **more) as sink:
        sink.publish(secret).get(30)
    (message,) = read_all(broker.bootstrap, topic, 1, **more)
    assert message.value == secret
    assert b"a word" not in message.raw.value
    assert len(message.raw.value) < len(secret)
    with pytest.raises(sinetstream.InvalidMessageError):
        read_all(broker.bootstrap, topic, 1)


CONFIGS = {
    1: "service:\n  type: rdkafka\n  brokers: {broker}\n  topic: {topic}\n  consistency: AT_LEAST_ONCE\n"
    '  client_id: cfg\n  linger_ms: "0"\n  max_request_size: 2000000\n  group_id: ""\n',
    2: "header:\n  version: 2\nconfig:\n  service:\n    type: rdkafka\n    brokers: [{broker!r}]\n"
    "    topic: {topic}\n    consistency: AT_LEAST_ONCE\n    acks: all\n    max_request_size: 2000000\n",
    3: "header:\n  version: 3\nconfig:\n  service:\n    type: rdkafka\n    brokers: {broker}\n"
    "    topic: {topic}\n    consistency: AT_LEAST_ONCE\n    type_spec:\n      acks: all\n"
    "      max_request_size: 2000000\n",
}


@pytest.mark.parametrize("version", CONFIGS)
def test_configuration_files_of_all_versions(broker: Broker, version: int, tmp_path: Path) -> None:
    """One file for the writer and the reader; broker options beside the rest, or in type_spec."""
    topic = broker.topic()
    path = tmp_path / ".sinetstream_config.yml"
    path.write_text(
        CONFIGS[version].format(broker=broker.bootstrap, topic=topic).replace('  group_id: ""\n', "")
    )
    with sinetstream.MessageWriter("service", config_file=str(path)) as sink:
        assert sink._debug_get_plugin()._conf["message.max.bytes"] == 2_000_000
        sink.publish(b"configured")
    with sinetstream.MessageReader("service", config_file=str(path), receive_timeout_ms=10_000) as source:
        source.seek_to_beginning()
        assert values(take(source, 1)) == [b"configured"]


def test_at_most_once_waits_for_no_broker_and_tries_once() -> None:
    """acks=0 and no retry: what a dead broker holds back is dropped after message.timeout.ms."""
    spec = {"connect_timeout_ms": 0, "message.timeout.ms": 300}
    sink = async_writer("127.0.0.1:9", "t", spec=spec, consistency="AT_MOST_ONCE").open()
    conf = sink._debug_get_plugin()._conf
    assert (conf["acks"], conf["retries"], "enable.idempotence" in conf) == (0, 0, False)
    with pytest.raises(sinetstream.ConnectionError, match="not delivered to topic t"):
        sink.publish(b"x").get(10)
    sink.close()


def test_exactly_once_becomes_at_least_once_with_a_warning(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """As SINETStream's own plugin does."""
    with async_writer(broker.bootstrap, broker.topic(), consistency="EXACTLY_ONCE") as sink:
        assert sink._debug_get_plugin()._conf["enable.idempotence"] == "true"
    assert "Kafka doesn't support EXACTLY_ONCE" in caplog.text


def test_metrics_count_and_librdkafka_adds_its_own(broker: Broker) -> None:
    """SINETStream's counts, with librdkafka's statistics as `raw` where they are asked for."""
    topic = broker.topic()
    with async_writer(broker.bootstrap, topic, spec={"statistics.interval.ms": 50}) as sink:
        sink.publish(b"12345").get(30)
        raw = wait_until(lambda: sink.metrics.raw["statistics"], "statistics")
        assert raw["type"] == "producer"
        wait_until(lambda: sink.metrics.raw["waiting"] == 0, "nothing waits")
        assert (sink.metrics.msg_count_total, sink.metrics.error_count_total) == (1, 0)
        sink.reset_metrics(reset_raw=True)
        assert sink.metrics.msg_count_total == 0
        assert sink.info(f"{OURS}.anything") is None


def test_closing_waits_for_confirmations(broker: Broker) -> None:
    """What was published before close() is confirmed, not thrown away."""
    topic = broker.topic()
    outcomes = Outcomes()
    sink = async_writer(broker.bootstrap, topic).open()
    for number in range(200):
        outcomes.of(sink.publish(b"%d" % number))
    sink.close()
    assert (len(outcomes.values), outcomes.reasons) == (200, [])


def test_a_handler_may_close_its_writer(broker: Broker) -> None:
    """On the serving thread close() does not wait for itself; what is left is rejected."""
    sink = async_writer(broker.bootstrap, broker.topic()).open()
    plugin = sink._debug_get_plugin()
    closed = sink.publish(b"x").then(lambda _: sink.close())
    closed.get(30)
    with pytest.raises(sinetstream.ConnectionError, match="closed"):
        plugin.publish(b"y").get(0)
