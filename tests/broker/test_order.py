"""Whatever happens to the topic: no subscriber gets a message in front of one that was sent before it."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Iterator
from types import MappingProxyType

import pytest
import sinetstream

from scripts.kafka_node import KafkaNode
from ss_camera.clock import RealClock
from ss_camera.counters import Counters
from ss_camera.errors import SinkError
from ss_camera.media import Family, Message
from ss_camera.outbox import MemoryOutbox
from ss_camera.publisher import Publisher
from ss_camera.settings import load
from ss_camera.sinks.base import OnResult
from ss_camera.sinks.sinetstream import SinetStreamSink
from tests.broker.streams import Outcomes, async_writer, beats, read_all, values, wait_until
from tests.kafka_topics import Topics
from tests.subscriber import Subscriber

ENDS = {"end_at_failure": True, "connect_timeout_ms": 0, "close_timeout_ms": 0, "message_key": "cam"}


def test_nothing_behind_a_failed_message_is_sent(kafka: KafkaNode, topics: Topics) -> None:
    """A message runs out of time; those behind it, with time left, are rejected for the same reason."""
    topic = topics.make()
    # one request at a time: what is on its way when the node freezes may be stored when it goes on
    spec = {**ENDS, "message.timeout.ms": 3000, "max_in_flight_requests_per_connection": 1}
    outcomes = Outcomes()
    with async_writer(kafka.bootstrap, topic, spec=spec) as sink:
        sink.publish(b"before").get(30)
        with kafka.paused():
            outcomes.of(sink.publish(b"first"))
            stop = threading.Event()
            for number in beats(10, stop):
                outcomes.of(sink.publish(b"%d" % number))
                if number == 19:
                    stop.set()
            outcomes.wait(1)
        outcomes.wait(20)
        assert outcomes.values == []
        assert {reason.kafka_error.name() for reason in outcomes.reasons} == {"_MSG_TIMED_OUT"}
        with pytest.raises(sinetstream.ConnectionError, match="not delivered"):
            sink.publish(b"later").get(30)
        assert "not delivered" in sink._debug_get_plugin().problem()
    assert set(values(read_all(kafka.bootstrap, topic, 30, receive_timeout_ms=1500))) <= {b"before", b"first"}


def test_a_message_at_fault_itself_ends_nothing(kafka: KafkaNode, topics: Topics) -> None:
    """Too large for the client or for the topic: those behind it are sent."""
    topic = topics.make(max_message_bytes=200_000)
    outcomes = Outcomes()
    spec = {**ENDS, "max_request_size": 500_000}
    with async_writer(kafka.bootstrap, topic, spec=spec) as sink:
        for size in (10, 300_000, 600_000, 10):
            outcomes.of(sink.publish(bytes(size)))
        outcomes.wait(4)
        assert len(outcomes.values) == 2
        assert sorted(reason.limit for reason in outcomes.reasons) == ["broker", "client"]


@pytest.fixture
def loud() -> Iterator[None]:
    """The sink silences the clients' loggers, which other tests listen to."""
    names = ("sinetstream", "sinetstreamplugin")
    yield
    for name in logging.root.manager.loggerDict:
        if name.split(".")[0] in names:
            logging.getLogger(name).setLevel(logging.NOTSET)


class Ledger(SinetStreamSink):
    """Keeps the numbers of what was confirmed, in the order of the confirmations."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        given = {"CAMERA": "synthetic", "CAMERA_ID": "cam", "SS_BROKERS": bootstrap, "SS_TOPIC": topic}
        publish = load(None, environ={}, secrets_dirs=(), overrides=given).publish
        route = publish.routes[Family.STILL]
        # for the first 30 s librdkafka waits for a topic to appear; a camera has been running for longer
        spec = MappingProxyType({**route.type_spec, "topic.metadata.propagation.max.ms": 0})
        routes = {**publish.routes, Family.STILL: dataclasses.replace(route, type_spec=spec)}
        super().__init__(dataclasses.replace(publish, routes=MappingProxyType(routes)), "cam", RealClock())
        self.confirmed: list[int] = []

    def publish(self, message: Message, on_result: OnResult) -> None:
        def note(sent: Message, error: SinkError | None) -> None:
            if error is None:
                self.confirmed.append(sent.seq)
            on_result(sent, error)

        super().publish(message, note)


@pytest.mark.usefixtures("loud")
def test_a_topic_deleted_and_made_again_under_way_keeps_the_order(kafka: KafkaNode, topics: Topics) -> None:
    """Three times at 100 pictures a second: none is confirmed in front of an older one, none is left out."""
    topic = topics.make()
    sink, counters, clock = Ledger(kafka.bootstrap, topic), Counters(), RealClock()
    outbox = MemoryOutbox(10**9, counters)
    stop, drain = threading.Event(), threading.Event()
    publisher = Publisher(outbox, sink, clock, counters, again=True)
    thread = threading.Thread(target=publisher.run, args=(drain, threading.Event()))
    thread.start()
    put: list[int] = []

    def camera() -> None:
        for seq in beats(100, stop):
            outbox.put(Message(Family.STILL, "cam", "boot", seq, clock.wall_us(), bytes(20_000)))
            put.append(seq)
        drain.set()
        outbox.close()

    capture = threading.Thread(target=camera)
    capture.start()
    for _ in range(3):
        reached = len(sink.confirmed)
        wait_until(lambda reached=reached: len(sink.confirmed) >= reached + 30, "pictures before")
        topics.delete(topic)  # the node makes it again for whoever asks for it
    reached = len(sink.confirmed)
    wait_until(lambda: len(sink.confirmed) >= reached + 50, "pictures after", 60.0)
    stop.set()
    capture.join(10.0)
    thread.join(60.0)
    assert not thread.is_alive()
    assert list(dict.fromkeys(sink.confirmed)) == put
    with Subscriber(brokers=kafka.bootstrap, topic=topic) as witness:
        wait_until(lambda: len(witness.messages) >= 50, "what the last of the topics holds")
        captured = [each.timestamp_us for each in witness.messages]
        assert captured == sorted(captured)
