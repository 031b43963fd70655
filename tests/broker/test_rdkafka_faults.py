"""A broker that is away, dies, freezes or refuses: nothing is lost, and all of it is said."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sinetstream

from scripts.free_port import free_port
from scripts.kafka_node import KafkaNode
from tests import servers
from tests.broker.streams import (
    Outcomes,
    async_writer,
    beats,
    read_all,
    reader,
    take,
    values,
    wait_until,
    writer,
)
from tests.kafka_topics import Topics

LAZY = {"connect_timeout_ms": 0}
LARGE = 300_000


def publish_through(kafka: KafkaNode, topic: str, fault: Any) -> tuple[list[bytes], Outcomes]:
    """Publish 10 messages a second until a second after `fault`: what was sent, what came of it."""
    outcomes, sent = Outcomes(), []
    stop = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            fault()
            stop.wait(1.0)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)
        stop.set()

    # the node lives and dies with the thread that starts it, so the camera gets the other thread
    def camera() -> None:
        with async_writer(kafka.bootstrap, topic, spec={"message_key": "cam", **LAZY}) as sink:
            for number in beats(10, stop):
                sent.append(b"%d" % number)
                outcomes.of(sink.publish(sent[-1]))
            outcomes.wait(len(sent))

    thread = threading.Thread(target=camera)
    thread.start()
    run()
    thread.join(60)
    assert not thread.is_alive()
    assert not failed, failed
    return sent, outcomes


def all_of(kafka: KafkaNode, topic: str, count: int) -> list[bytes]:
    """What the camera's partition holds: `count` messages, unless there are more or fewer."""
    with writer(kafka.bootstrap, topic, spec={"message_key": "cam"}) as sink:
        sink.publish(b"the end")
    *found, last = values(read_all(kafka.bootstrap, topic, count + 1))
    return found if last == b"the end" else [*found, last]


def test_a_killed_broker_costs_nothing(kafka: KafkaNode, topics: Topics) -> None:
    """SIGKILL at 10 messages a second, and the same log again: all there once, in order."""
    topic = topics.make(partitions=6)
    with reader(kafka.bootstrap, topic, receive_timeout_ms=20_000) as source:

        def fault() -> None:
            threading.Event().wait(1.0)
            kafka.kill()
            threading.Event().wait(1.0)
            kafka.start()

        sent, outcomes = publish_through(kafka, topic, fault)
        assert len(sent) > 30
        assert outcomes.reasons == []
        assert values(take(source, len(sent))) == sent
    assert all_of(kafka, topic, len(sent)) == sent


def test_a_frozen_broker_costs_nothing(kafka: KafkaNode, topics: Topics) -> None:
    """SIGSTOP for 5 s: the messages wait, and arrive in order."""
    topic = topics.make()

    def fault() -> None:
        with kafka.paused():
            threading.Event().wait(5.0)

    sent, outcomes = publish_through(kafka, topic, fault)
    assert outcomes.reasons == []
    assert all_of(kafka, topic, len(sent)) == sent


def test_an_absent_broker_is_said_within_the_time() -> None:
    """open() raises ConnectionError with the reason, for writers and readers."""
    nowhere = f"127.0.0.1:{free_port()}"
    for user in (writer, async_writer, reader):
        with pytest.raises(
            sinetstream.ConnectionError, match=f"cannot connect to {nowhere}: .*Connection refused"
        ):
            user(nowhere, "t", spec={"connect_timeout_ms": 300}).open()
    with pytest.raises(sinetstream.ConnectionError, match="resolve"):
        writer("no-such-host.invalid:9092", "t", spec={"connect_timeout_ms": 1500}).open()


def test_a_writer_may_open_before_its_broker(kafka: KafkaNode, topics: Topics) -> None:
    """Messages are kept, problem() says why, and all arrive in order once there is a broker."""
    topic = topics.make()
    kafka.stop()
    outcomes = Outcomes()
    sink = async_writer(kafka.bootstrap, topic, spec=LAZY).open()
    source = reader(kafka.bootstrap, topic, spec={**LAZY, "auto_offset_reset": "earliest"}).open()
    for number in range(20):
        outcomes.of(sink.publish(b"%d" % number))
    plugin = sink._debug_get_plugin()
    assert "Connection refused" in wait_until(plugin.problem, "a problem")
    kafka.start()
    outcomes.wait(20)
    assert outcomes.reasons == []
    assert plugin.problem() is None
    assert values(take(source, 20)) == [b"%d" % number for number in range(20)]
    sink.close()
    source.close()


def test_an_idle_writer_learns_that_its_broker_is_back(kafka: KafkaNode, topics: Topics) -> None:
    """problem() says that it is away, and None once it is back, with no message needed."""
    with async_writer(kafka.bootstrap, topics.make()) as sink:
        plugin = sink._debug_get_plugin()
        assert plugin.problem() is None
        kafka.kill()
        assert wait_until(plugin.problem, "the broker is missed")
        kafka.start()
        wait_until(lambda: plugin.problem() is None, "the broker is found again")


def test_closing_without_a_broker_rejects_what_waits() -> None:
    """Within close_timeout_ms: each message exactly once, as a ConnectionError."""
    nowhere = f"127.0.0.1:{free_port()}"
    sink = async_writer(nowhere, "t", spec={**LAZY, "close_timeout_ms": 100}).open()
    outcomes = Outcomes()
    for number in range(50):
        outcomes.of(sink.publish(b"%d" % number))
    sink.close()
    outcomes.wait(50, 0.1)
    assert len(outcomes.reasons) == 50
    assert {type(reason) for reason in outcomes.reasons} == {sinetstream.ConnectionError}
    assert "closed before" in str(outcomes.reasons[0])


def test_closing_a_reader_without_a_broker_ends() -> None:
    """With and without a group."""
    nowhere = f"127.0.0.1:{free_port()}"
    for spec in (LAZY, {**LAZY, "group_id": "g"}):
        reader(nowhere, "t", spec=spec).open().close()


def test_a_synchronous_writer_does_not_wait_for_ever() -> None:
    """Its time is message.timeout.ms, 30 s unless set; then ConnectionError."""
    nowhere = f"127.0.0.1:{free_port()}"
    with writer(nowhere, "t", spec={**LAZY, "message.timeout.ms": 300}) as sink:
        with pytest.raises(sinetstream.ConnectionError, match="not delivered to topic t") as caught:
            sink.publish(b"x")
        assert caught.value.kafka_error.name() == "_MSG_TIMED_OUT"
        assert "Connection refused" in sink._debug_get_plugin().problem()


def test_a_synchronous_writer_is_closed_by_another_thread() -> None:
    """A publish that waits is told so."""
    nowhere = f"127.0.0.1:{free_port()}"
    sink = writer(nowhere, "t", spec={**LAZY, "close_timeout_ms": 0}).open()
    plugin = sink._debug_get_plugin()
    raised: list[Exception] = []

    def publish() -> None:
        try:
            plugin.publish(b"x")
        except sinetstream.SinetError as error:
            raised.append(error)

    thread = threading.Thread(target=publish)
    thread.start()
    wait_until(lambda: plugin.metrics()["waiting"], "the message waits")
    sink.close()
    thread.join(10)
    assert [type(error) for error in raised] == [sinetstream.ConnectionError]


@pytest.mark.parametrize("limit", ["client", "topic", "broker"])
def test_a_message_too_large_says_whose_limit_it_is(kafka: KafkaNode, topics: Topics, limit: str) -> None:
    """It is refused, those before and behind it arrive."""
    topic = topics.make(max_message_bytes=LARGE) if limit == "topic" else topics.make()
    ours = {"client": 2_000_000, "topic": 2_000_000, "broker": 30_000_000}[limit]
    size = {"client": 2_000_100, "topic": LARGE + 1, "broker": 21_000_000}[limit]
    with async_writer(kafka.bootstrap, topic, spec={"max_request_size": ours}) as sink:
        before = sink.publish(b"before")
        before.get(30)
        refused, behind = sink.publish(bytes(size)), sink.publish(b"behind")
        with pytest.raises(sinetstream.InvalidMessageError, match=f"topic {topic}") as caught:
            refused.get(30)
        behind.get(30)
    assert caught.value.limit == ("client" if limit == "client" else "broker")
    assert caught.value.kafka_error.name() == "MSG_SIZE_TOO_LARGE"
    assert values(read_all(kafka.bootstrap, topic, 2)) == [b"before", b"behind"]


def test_large_messages_pass_where_the_limits_allow(kafka: KafkaNode, topics: Topics) -> None:
    """12 MB with max_request_size raised on a broker that takes 20; the reader needs no option for it."""
    topic = topics.make()
    picture = bytes(range(256)) * 48_000
    with async_writer(kafka.bootstrap, topic, spec={"max_request_size": 16_000_000}) as sink:
        for promise in [sink.publish(picture) for _ in range(3)]:
            promise.get(30)
    received = read_all(kafka.bootstrap, topic, 3)
    assert all(message.value == picture for message in received)
    assert len(received) == 3


def test_a_full_memory_rejects_after_its_time() -> None:
    """What does not fit within max_block_ms is rejected as such, what does is kept."""
    nowhere = f"127.0.0.1:{free_port()}"
    spec = {**LAZY, "buffer_memory": 300_000, "max_block_ms": 50, "close_timeout_ms": 0}
    sink = async_writer(nowhere, "t", spec=spec).open()
    promises = [sink.publish(bytes(100_000)) for _ in range(5)]
    rejected = [promise for promise in promises if promise.is_rejected]
    assert 0 < len(rejected) < 5
    assert {promise.reason.kafka_error.name() for promise in rejected} == {"_QUEUE_FULL"}
    sink.close()
    assert all(promise.is_rejected for promise in promises)


def test_a_full_memory_blocks_until_there_is_room(mock_cluster: str) -> None:
    """As kafka-python: publish() waits, and nothing is lost."""
    topic = f"room-{free_port()}"
    with async_writer(mock_cluster, topic, spec={"buffer_memory": 300_000}) as sink:
        promises = [sink.publish(bytes(100_000)) for _ in range(30)]
        assert len({(p.get(30).partition, p.get(30).offset) for p in promises}) == 30


def test_partitions_added_later_are_read_from_their_beginning(kafka: KafkaNode, topics: Topics) -> None:
    """Within metadata_max_age_ms."""
    topic = topics.make()
    with reader(
        kafka.bootstrap, topic, spec={"metadata_max_age_ms": 500}, receive_timeout_ms=20_000
    ) as source:
        topics.grow(topic, 6)

        def new_partition() -> bool:
            with writer(kafka.bootstrap, topic, spec={"message_key": "roof"}) as sink:
                return bool(sink.publish(b"there").partition)

        assert wait_until(new_partition, "the writer uses a new partition")
        assert values(take(source, 1)) == [b"there"]


def test_a_deleted_topic_that_comes_again_is_read(kafka: KafkaNode, topics: Topics) -> None:
    """A reader goes on when somebody cleans up: what is in the new topic is read from its beginning."""
    topic = topics.make()
    with reader(kafka.bootstrap, topic, receive_timeout_ms=1000) as source:
        with writer(kafka.bootstrap, topic) as sink:
            sink.publish(b"old")
        assert wait_until(lambda: values(take(source, 1)), "the message") == [b"old"]
        topics.delete(topic)
        watch = source._debug_get_plugin()._watch
        wait_until(lambda: list(source) == [] and not watch._partitions[topic], "the reader misses it")

        def made_again() -> bool:
            try:
                return bool(topics.make(topic))
            except Exception:  # noqa: BLE001 - it is being deleted: again
                return False

        wait_until(made_again, "the topic is there again")
        with writer(kafka.bootstrap, topic) as sink:
            sink.publish(b"new")
        assert wait_until(lambda: values(take(source, 1)), "the message") == [b"new"]


def test_a_reader_finds_another_mock_cluster_at_no_price() -> None:
    """A broker that ends while a reader waits is a problem, not an exception."""
    with servers.mock_cluster() as address:
        source = reader(address, "t", receive_timeout_ms=500).open()
    assert list(source) == []
    plugin = source._debug_get_plugin()
    wait_until(lambda: list(source) == [] and plugin.problem(), "the broker is missed")
    source.close()
