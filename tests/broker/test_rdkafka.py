"""The Kafka plugin in plain operation, on Apache Kafka and on librdkafka's mock cluster alike."""

from __future__ import annotations

import hashlib
import random
import threading
from pathlib import Path
from typing import Any

import pytest
import sinetstream

from scripts.kafka_node import KafkaNode
from tests.broker.streams import (
    OURS,
    Broker,
    Outcomes,
    async_reader,
    async_writer,
    read_all,
    reader,
    take,
    values,
    wait_until,
    writer,
)
from tests.kafka_topics import Topics, new_name

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


def test_a_reader_begins_at_the_end(broker: Broker) -> None:
    """Without a group, the first message read is the first one published after open() returned."""
    topic = broker.topic()
    with writer(broker.bootstrap, topic) as sink:
        sink.publish(b"before")
        with reader(broker.bootstrap, topic) as source:
            sink.publish(b"after")
            assert values(take(source, 1)) == [b"after"]


def test_auto_offset_reset_earliest_begins_at_the_beginning(broker: Broker) -> None:
    """kafka-python's option for a reader without a group."""
    topic = broker.topic()
    with writer(broker.bootstrap, topic) as sink:
        sink.publish(b"before")
    with reader(broker.bootstrap, topic, spec={"auto_offset_reset": "earliest"}) as source:
        assert values(take(source, 1)) == [b"before"]


def test_seeking_repeats_and_skips_nothing_else(broker: Broker) -> None:
    """To the beginning: all of it, once. To the end: only what comes then. What was fetched is dropped."""
    topic = broker.topic()
    sent = [f"{number}".encode() for number in range(20)]
    with writer(broker.bootstrap, topic, spec={"message_key": "k"}) as sink:
        for message in sent:
            sink.publish(message)
        with reader(broker.bootstrap, topic, receive_timeout_ms=1000) as source:
            source.seek_to_beginning()
            assert values(take(source, 5)) == sent[:5]
            source.seek_to_beginning()
            assert values(list(source)) == sent
            source.seek_to_beginning()
            assert values(take(source, 1)) == sent[:1]
            source.seek_to_end()
            sink.publish(b"new")
            assert values(list(source)) == [b"new"]


def test_two_readers_both_get_everything(broker: Broker) -> None:
    """Without a group readers do not share: each gets all."""
    topic = broker.topic()
    with reader(broker.bootstrap, topic) as one, reader(broker.bootstrap, topic) as other:
        with writer(broker.bootstrap, topic, spec={"message_key": "k"}) as sink:
            for number in range(10):
                sink.publish(b"%d" % number)
        expected = [b"%d" % number for number in range(10)]
        assert values(take(one, 10)) == expected
        assert values(take(other, 10)) == expected


def test_a_group_goes_on_where_it_stopped(kafka: KafkaNode, topics: Topics) -> None:
    """With a group_id the position is the broker's; a reader of the same group reads what is left.

    Not on the mock cluster: it gives a group's second member nothing for 45 s.
    """
    broker = Broker(kafka.bootstrap, topics)
    topic = broker.topic()
    spec = {"group_id": f"group-{topic}", "auto_offset_reset": "earliest"}
    with writer(broker.bootstrap, topic, spec={"message_key": "k"}) as sink:
        for number in range(6):
            sink.publish(b"%d" % number)
    with reader(broker.bootstrap, topic, spec=spec, receive_timeout_ms=20_000) as source:
        assert values(take(source, 3)) == [b"0", b"1", b"2"]
    with reader(broker.bootstrap, topic, spec=spec, receive_timeout_ms=20_000) as source:
        assert values(take(source, 3)) == [b"3", b"4", b"5"]
        source.seek_to_beginning()
        assert values(take(source, 1)) == [b"0"]


def test_a_topic_that_comes_later_is_read_from_its_beginning(broker: Broker) -> None:
    """A viewer may be started before the first camera has ever published."""
    topic = new_name()
    with reader(broker.bootstrap, topic) as source:
        with writer(broker.bootstrap, topic, spec={"message_key": "k"}) as sink:
            sink.publish(b"first")
            sink.publish(b"second")
        assert values(take(source, 2)) == [b"first", b"second"]


def test_several_topics_in_one_reader(broker: Broker) -> None:
    """Each message says which topic it is from."""
    topics = [broker.topic(), broker.topic()]
    with reader(broker.bootstrap, topics) as source:
        for topic in topics:
            with writer(broker.bootstrap, topic) as sink:
                sink.publish(topic.encode())
        received = take(source, 2)
    assert sorted((message.topic, message.value) for message in received) == sorted(
        (topic, topic.encode()) for topic in topics
    )


def test_a_reader_ends_after_its_time_and_goes_on_when_asked(broker: Broker) -> None:
    """receive_timeout_ms ends the iteration; the next one waits anew."""
    topic = broker.topic()
    with reader(broker.bootstrap, topic, receive_timeout_ms=200) as source:
        assert list(source) == []
        with writer(broker.bootstrap, topic) as sink:
            sink.publish(b"late")
        assert wait_until(lambda: values(list(source)), "the message") == [b"late"]


def test_closing_ends_a_reader_that_waits(broker: Broker) -> None:
    """close() from another thread ends the iteration, which has no time-out of its own."""
    source = reader(broker.bootstrap, broker.topic(), receive_timeout_ms=float("inf")).open()
    ended: list[Any] = []
    thread = threading.Thread(target=lambda: ended.append(list(source)))
    thread.start()
    source.close()
    thread.join(10)
    assert not thread.is_alive()
    assert ended == [[]]


def test_records_read_as_kafka_pythons_do(broker: Broker) -> None:
    """The sample's users write message.raw.offset and the like."""
    topic = broker.topic()
    with writer(broker.bootstrap, topic, spec={"message_key": "cam"}) as sink:
        sink.publish(b"x", timestamp=1_700_000_000.25)
    (message,) = read_all(broker.bootstrap, topic, 1)
    raw = message.raw
    assert (raw.topic, raw.offset, raw.key, raw.timestamp_type) == (topic, 0, b"cam", 0)
    assert (raw.headers, raw.serialized_key_size, raw.serialized_value_size) == ([], 3, len(raw.value))
    assert isinstance(raw.timestamp, int)
    assert message.timestamp == 1_700_000_000.25


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


def test_the_asynchronous_reader_calls_in_order(broker: Broker) -> None:
    """One message after the other, on one thread; a callback that fails ends nothing."""
    topic = broker.topic()
    received: list[bytes] = []
    threads: set[str] = set()

    def on_message(message: Any) -> None:
        threads.add(threading.current_thread().name)
        received.append(message.value)
        if message.value == b"3":
            raise ValueError("a user's mistake")

    source = async_reader(broker.bootstrap, topic).open()
    source.on_message = on_message
    with writer(broker.bootstrap, topic, spec={"message_key": "k"}) as sink:
        for number in range(20):
            sink.publish(b"%d" % number)
    wait_until(lambda: len(received) == 20, "all messages")
    source.close()
    assert received == [b"%d" % number for number in range(20)]
    assert len(threads) == 1


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
