"""The topics of a camera together: what is missing over all of them, and that nothing else counts so."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sinetstream import MessageReader

from scripts.free_port import free_port
from ss_camera.clock import RealClock
from ss_camera.media import Family
from ss_camera.settings.model import Route
from tests.clips.real_video import encode
from tests.forwarder import forwarding
from tests.kafka_topics import new_name
from tests.parts import need
from tests.program import wait_until
from tests.viewer.sender import Camera, Sender
from tests.viewer.serving import feeds_of
from viewer import reader
from viewer.cameras import Cameras
from viewer.feeds import Feeds
from viewer.subscription import use_librdkafka


@pytest.fixture(autouse=True, params=["librdkafka", "kafka-python"])
def client(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test runs with both Kafka clients; SINETStream's table is as before afterwards."""
    before = MessageReader.registry._plugins["kafka"]
    if request.param == "librdkafka":
        need("confluent_kafka")
    use_librdkafka(request.param)
    yield request.param
    MessageReader.registry.register("kafka", before)


@contextlib.contextmanager
def running(feeds: Feeds) -> Iterator[Feeds]:
    feeds.start()
    try:
        wait_until(lambda: feeds.connected, "the feeds to connect")
        yield feeds
    finally:
        feeds.stop()


def counts(feeds: Feeds, camera: str = "gate") -> dict[str, Any]:
    cameras = feeds.cameras.state()["cameras"]
    assert isinstance(cameras, dict)
    return {key: cameras.get(camera, {}).get(key) for key in ("first_seq", "last_seq", "missing", "repeated")}


def senders(broker: str, topic: str) -> tuple[Sender, Sender, Sender]:
    """For stills, clips and events."""
    return Sender(broker, topic), Sender(broker, f"{topic}.clip"), Sender(broker, f"{topic}.event")


def test_what_is_missing_is_missing_over_all_topics(mock_cluster: str) -> None:
    """Of each family one message is lost and one comes twice: three are missing, three repeated, no more."""
    topic, camera = new_name("families"), Camera()
    stills, clips, events = senders(mock_cluster, topic)
    stills.send(camera.payload())
    parts, sent = camera.clip(encode(60)), 1
    for part in parts:
        sent += 3
        for sender, payload in (
            (stills, camera.payload()),
            (clips, part),
            (events, camera.event("motion-update", score=1)),
        ):
            number = parts.index(part)
            for _ in range(0 if number == 2 else 2 if number == 3 else 1):
                sender.send(payload)
    for sender in (stills, clips, events):
        sender.flush()
    with running(feeds_of(mock_cluster, topic)) as feeds:
        whole = {"first_seq": 0, "last_seq": sent - 1, "missing": 3, "repeated": 3}
        wait_until(lambda: counts(feeds) == whole, f"{whole}")


def test_a_viewer_that_joins_amid_a_motion_misses_nothing(mock_cluster: str) -> None:
    """Messages of all families go on while it takes its places: none of them counts as missing."""
    topic, camera = new_name("amid"), Camera()
    stills, clips, events = senders(mock_cluster, topic)
    stop, pause = threading.Event(), threading.Event()

    def film() -> None:
        number = 0
        while not stop.is_set():
            stills.send(camera.payload())
            if number % 3 == 0:
                events.send(camera.event("motion-update", score=1))
            if number % 5 == 0:
                clips.send(camera.event("of the topic of clips", score=1))
            number += 1
            pause.wait(0.002)
        for sender in (stills, clips, events):
            sender.flush()

    thread = threading.Thread(target=film, daemon=True)
    thread.start()
    try:
        with running(feeds_of(mock_cluster, topic, from_beginning=False)) as feeds:
            wait_until(lambda: feeds.cameras.received > 300, "300 pictures")
            stop.set()
            thread.join(10.0)
            wait_until(lambda: counts(feeds)["missing"] == 0, f"nothing missing: {counts(feeds)}", 10.0)
    finally:
        stop.set()
        thread.join(10.0)


def test_while_a_topic_is_not_read_nothing_is_claimed(
    mock_cluster: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its broker is away: stills are shown, `missing` is unknown, and that is said once. When it comes, what
    was not seen until then does not count."""
    topic, camera, clock, port = new_name("away"), Camera(), RealClock(), free_port()
    stills, _, _ = senders(mock_cluster, topic)

    def maker(suffix: str, broker: str) -> Any:
        route = Route("kafka", topic + suffix, "AT_LEAST_ONCE", {"brokers": broker}, {})
        return lambda: reader.from_route(route, may_lack=bool(suffix))

    readers = {
        Family.STILL: maker("", mock_cluster),
        Family.CLIP: maker(".clip", f"127.0.0.1:{port}"),
        Family.EVENT: maker(".event", mock_cluster),
    }
    with running(Feeds(readers, Cameras(clock), clock)) as feeds:
        for _ in range(2):
            stills.send(camera.payload())
            camera.event("motion-start")  # went to a topic that is not read
        stills.flush()
        wait_until(lambda: feeds.cameras.received == 2, "two pictures")
        wait_until(lambda: counts(feeds)["missing"] is None, "the topic that is not read to be noticed")
        with forwarding(port, mock_cluster):
            wait_until(lambda: counts(feeds)["missing"] == 0, "all topics to be read", 60.0)
            stills.send(camera.payload())
            stills.flush()
            wait_until(lambda: feeds.cameras.received == 3, "the third picture")
            feeds.stop()  # before it can miss that broker again
    said = [record.getMessage() for record in caplog.records if record.name == "viewer.feed"]
    assert len([line for line in said if "trying again" in line]) <= 1


def test_a_count_waits_for_what_other_topics_hold(mock_cluster: str) -> None:
    """The numbers of clips and events up to the last still are there when it is told."""
    topic, camera = new_name("count"), Camera()
    stills, clips, events = senders(mock_cluster, topic)
    stills.send(camera.payload())
    for part in camera.clip(encode(60)):
        clips.send(part)
    events.send(camera.event("motion-end"))
    stills.send(camera.payload())
    for sender in (stills, clips, events):
        sender.flush()
    with running(feeds_of(mock_cluster, topic)) as feeds:
        wait_until(lambda: feeds.cameras.received == 2, "two pictures")
        feeds.settle(threading.Event())
        assert feeds.cameras.summary()["gate"]["missing"] == 0
