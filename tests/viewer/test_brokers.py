"""The feed on brokers of real life: Apache Kafka with six partitions, killed and back; an MQTT broker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sinetstream import MessageWriter

from ss_camera.clock import RealClock
from ss_camera.settings.model import Route
from tests.kafka_topics import Topics, new_name
from tests.program import wait_until
from tests.viewer.sender import Camera, Sender
from viewer import reader
from viewer.cameras import Cameras
from viewer.feed import Feed

if TYPE_CHECKING:
    from scripts.kafka_node import KafkaNode


@contextlib.contextmanager
def following(route: Route) -> Iterator[Feed]:
    """A feed that stands at the end of its topic."""
    clock = RealClock()
    feed = Feed(lambda: reader.from_route(route), Cameras(clock), clock)
    feed.start()
    try:
        wait_until(lambda: feed.connected, "the feed to connect")
        yield feed
    finally:
        feed.stop()


def counts(feed: Feed, camera: str) -> dict[str, Any]:
    cameras = feed.cameras.state()["cameras"]
    assert isinstance(cameras, dict)
    return {key: cameras.get(camera, {}).get(key) for key in ("received", "first_seq", "last_seq", "missing")}


def test_a_broker_that_is_killed_and_comes_back(kafka: KafkaNode, topics: Topics, client: str) -> None:
    """Pictures before, and after: every one is seen, none is missing, and the feed says how it stands."""
    topic, camera = topics.make(partitions=6), Camera("gate")
    sender = Sender(kafka.bootstrap, topic)
    with following(Route("kafka", topic, "AT_LEAST_ONCE", {"brokers": kafka.bootstrap}, {})) as feed:
        for _ in range(50):
            sender.send(camera.payload())
        sender.flush()
        wait_until(lambda: counts(feed, "gate")["received"] == 50, "50 pictures")
        kafka.kill()
        if client == "librdkafka":  # kafka-python says nothing of a connection that is lost
            wait_until(lambda: not feed.connected, "the feed to miss its broker")
        kafka.start()
        for _ in range(50):
            sender.send(camera.payload())
        sender.flush()
        wait_until(lambda: counts(feed, "gate")["received"] == 100, "100 pictures", 60.0)
        assert counts(feed, "gate") == {"received": 100, "first_seq": 0, "last_seq": 99, "missing": 0}
        wait_until(lambda: feed.connected, "the feed to say that it is connected")


def test_an_mqtt_broker(mosquitto: tuple[str, int]) -> None:
    """SS_TYPE=mqtt: what is published from now on is shown; there is no earlier."""
    host, port = mosquitto
    topic, camera = new_name("mqtt"), Camera("gate")
    brokers = f"{host}:{port}"
    writer = MessageWriter(
        no_config=True, type="mqtt", brokers=brokers, topic=topic, consistency="AT_LEAST_ONCE"
    )
    with following(Route("mqtt", topic, "AT_LEAST_ONCE", {"brokers": brokers}, {})) as feed, writer:
        for _ in range(20):
            writer.publish(camera.payload())
        wait_until(lambda: counts(feed, "gate")["received"] == 20, "20 pictures")
        assert counts(feed, "gate") == {"received": 20, "first_seq": 0, "last_seq": 19, "missing": 0}
