"""What a reader of the Kafka plugin gives, on Apache Kafka and on librdkafka's mock cluster alike."""

from __future__ import annotations

import threading
from typing import Any

from scripts.kafka_node import KafkaNode
from tests.broker.streams import (
    Broker,
    async_reader,
    read_all,
    reader,
    take,
    values,
    wait_until,
    writer,
)
from tests.kafka_topics import Topics, new_name


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
        with reader(broker.bootstrap, topic) as source:
            source.seek_to_beginning()
            assert values(take(source, 5)) == sent[:5]
            source.seek_to_beginning()
            assert values(take(source, 20)) == sent
            sink.publish(b"behind")
            assert values(take(source, 1)) == [b"behind"], "and none of them again"
            source.seek_to_beginning()
            assert values(take(source, 1)) == sent[:1]
            source.seek_to_end()
            for message in (b"new", b"newer"):
                sink.publish(message)
            assert values(take(source, 2)) == [b"new", b"newer"]


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
    topic = broker.topic()
    source = reader(broker.bootstrap, topic, receive_timeout_ms=float("inf")).open()
    received: list[bytes] = []
    ended: list[str] = []

    def read() -> None:
        for message in source:
            received.append(message.value)
        ended.append("as it should")

    thread = threading.Thread(target=read)
    thread.start()
    with writer(broker.bootstrap, topic) as sink:
        sink.publish(b"x")
    wait_until(lambda: received == [b"x"], "the thread to read")
    source.close()
    thread.join(10)
    assert not thread.is_alive()
    assert ended == ["as it should"]


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
