"""The reading thread on a broker: hostile messages, keys, bombs, outages; and a good picture after each."""

from __future__ import annotations

import contextlib
import logging
import random
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import zstandard
from sinetstream import MessageWriter

from scripts.free_port import free_port
from ss_camera.clock import RealClock
from ss_camera.settings.model import Route
from tests.forwarder import forwarding
from tests.kafka_topics import new_name
from tests.parts import need
from tests.program import wait_until
from tests.viewer.sender import Camera, Sender
from tests.viewer.test_cameras import HOSTILE, damaged
from viewer import reader
from viewer.cameras import Cameras
from viewer.feed import Feed

pytestmark = pytest.mark.usefixtures("client")

KEY: dict[str, Any] = {
    "data_encryption": True,
    "crypto": {
        "algorithm": "AES",
        "key_length": 128,
        "mode": "EAX",
        "password": "right",
        "key_derivation": {"iteration": 10},
    },
}
OTHER_KEY: dict[str, Any] = {"data_encryption": True, "crypto": {**KEY["crypto"], "password": "wrong"}}


def route(broker: str, topic: str, common: Mapping[str, object] | None = None) -> Route:
    return Route("kafka", topic, "AT_LEAST_ONCE", {"brokers": broker, **(common or {})}, {"linger_ms": 5})


@contextlib.contextmanager
def running(broker: str, topic: str, *, limit: int | None = None, **common: object) -> Iterator[Feed]:
    """A feed that reads `topic` from its beginning."""
    clock = RealClock()
    where = route(broker, topic, common)
    feed = Feed(lambda: reader.from_route(where), Cameras(clock), clock, from_beginning=True, limit=limit)
    feed.start()
    try:
        # one with a limit may be through before this thread looks
        wait_until(lambda: feed.connected or feed.status == "stopped", "the feed to connect")
        yield feed
    finally:
        feed.stop()


def seen(feed: Feed, camera: str) -> Mapping[str, Any]:
    cameras = feed.cameras.state(latency=True)["cameras"]
    assert isinstance(cameras, dict)
    return cameras.get(camera, {"received": 0})


def wait_for_pictures(feed: Feed, camera: str, count: int) -> None:
    wait_until(lambda: seen(feed, camera)["received"] >= count, f"{count} pictures of {camera}")


def test_a_camera_is_followed_without_a_gap(mock_cluster: str) -> None:
    """All of 200 pictures, in order, none missing; the newest one is byte by byte what was sent."""
    topic, camera = new_name("feed"), Camera()
    sender = Sender(mock_cluster, topic)
    with running(mock_cluster, topic) as feed:
        payloads = [camera.payload() for _ in range(200)]
        for payload in payloads:
            sender.send(payload)
        sender.flush()
        wait_for_pictures(feed, "gate", 200)
        assert {key: seen(feed, "gate")[key] for key in ("first_seq", "last_seq", "missing", "repeated")} == {
            "first_seq": 0,
            "last_seq": 199,
            "missing": 0,
            "repeated": 0,
        }
        assert feed.cameras.frames()[0].data == payloads[-1]


def test_the_stock_samples_writer_is_shown(mock_cluster: str) -> None:
    """SINETStream's own `image` writer (PNG unless told): shown under the topic's name, with its time."""
    need("cv2")
    topic, clock = new_name("sample"), RealClock()
    pixels = np.full((48, 64, 3), 128, np.uint8)
    before_us = clock.wall_us()
    writer = MessageWriter(
        no_config=True,
        type="kafka",
        brokers=mock_cluster,
        topic=topic,
        value_type="image",
        consistency="AT_LEAST_ONCE",
    )
    with writer, running(mock_cluster, topic) as feed:
        writer.publish(pixels)
        wait_for_pictures(feed, f"({topic})", 1)
        frame = feed.cameras.frames()[0]
        assert (frame.width, frame.height, frame.seq) == (64, 48, None)
        assert frame.captured_us is not None
        assert before_us <= frame.captured_us <= clock.wall_us()


def test_every_hostile_message_is_followed_by_a_shown_picture(mock_cluster: str) -> None:
    """Framed and raw, each row: counted as not ours, and the good picture after it is shown."""
    topic, camera = new_name("hostile"), Camera()
    sender = Sender(mock_cluster, topic)
    sender.send(camera.payload())
    for payload in HOSTILE.values():
        for send in (sender.send, sender.raw):
            send(payload)
            sender.send(camera.payload())
    sender.flush()
    with running(mock_cluster, topic) as feed:
        wait_for_pictures(feed, "gate", 1 + 2 * len(HOSTILE))
        assert seen(feed, "gate")["missing"] == 0
        assert feed.cameras.state()["foreign"] == 2 * len(HOSTILE)


def test_a_thousand_fuzzed_messages_hide_no_good_one(mock_cluster: str) -> None:
    """Wounds in SINETStream's frame and in the payload: 1,000 good pictures of 1,000."""
    topic, chaos = new_name("fuzz"), random.Random(4)
    good, victim = Camera("good"), Camera("victim")
    sender = Sender(mock_cluster, topic)
    for _ in range(1000):
        sender.raw(damaged(sender.framed(victim.payload()), chaos))
        sender.send(good.payload())
    sender.flush()
    with running(mock_cluster, topic) as feed:
        wait_for_pictures(feed, "good", 1000)
        assert seen(feed, "good")["missing"] == 0


@pytest.mark.parametrize("algorithm", ["gzip", "zstd"])
def test_a_decompression_bomb_is_refused(
    mock_cluster: str, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """200 MB of zeros in a small message: named, skipped, and the next compressed picture is shown."""
    topic, camera = new_name("bomb"), Camera()
    params: dict[str, Any] = {"data_compression": True, "compression": {"algorithm": algorithm}}
    sender, plain = Sender(mock_cluster, topic, **params), Sender(mock_cluster, topic)
    zeros = bytes(200_000_000)
    plain.send(zlib.compress(zeros) if algorithm == "gzip" else zstandard.compress(zeros))
    plain.flush()  # a producer of its own: else the picture could come first
    sender.send(camera.payload())
    sender.flush()
    with running(mock_cluster, topic, **params) as feed:
        wait_for_pictures(feed, "gate", 1)
        assert feed.cameras.state()["foreign"] == 1
    assert "decompresses to more than 64 MiB" in caplog.text


@pytest.mark.parametrize(
    ("sent_with", "read_with", "said"),
    [
        (KEY, {}, "cannot be decrypted (key?)"),
        (OTHER_KEY, KEY, "cannot be decrypted (key?)"),
        ({}, KEY, "is not encrypted, and this viewer has a key"),
    ],
    ids=["no key", "wrong key", "plain"],
)
def test_a_message_under_another_key_is_said_once(
    mock_cluster: str,
    sent_with: dict[str, Any],
    read_with: dict[str, Any],
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Twenty of them make one line in the log and no picture; one under our key is shown."""
    topic = new_name("key")
    theirs, ours, camera = (
        Sender(mock_cluster, topic, **sent_with),
        Sender(mock_cluster, topic, **read_with),
        Camera(),
    )
    for _ in range(20):
        theirs.send(camera.payload())
    theirs.flush()
    ours.send(Camera("ours").payload())
    ours.flush()
    with running(mock_cluster, topic, **read_with) as feed:
        wait_for_pictures(feed, "ours", 1)
        assert feed.cameras.state()["foreign"] == 20
    assert caplog.text.count(said) == 1


def test_a_feed_ends_at_its_limit(mock_cluster: str) -> None:
    """Exactly so many unique pictures are taken: repeats and strangers do not count, later ones are left."""
    topic, camera = new_name("limit"), Camera()
    sender = Sender(mock_cluster, topic)
    first = camera.payload()
    for payload in (first, first, b"stranger", *(camera.payload() for _ in range(30))):
        sender.send(payload)
    sender.flush()
    with running(mock_cluster, topic, limit=10) as feed:
        wait_until(lambda: feed.status == "stopped", "the feed to end by itself")
        assert feed.cameras.received == 10
        assert (seen(feed, "gate")["last_seq"], seen(feed, "gate")["repeated"]) == (9, 1)


def test_a_feed_begins_at_the_end(mock_cluster: str) -> None:
    """Without --from-beginning what was sent before is not shown, and what follows is."""
    topic, camera, clock = new_name("end"), Camera(), RealClock()
    sender = Sender(mock_cluster, topic)
    for _ in range(5):
        sender.send(camera.payload())
    sender.flush()
    where = route(mock_cluster, topic)
    feed = Feed(lambda: reader.from_route(where), Cameras(clock), clock)
    feed.start()
    try:
        wait_until(lambda: feed.connected, "the feed to connect")
        sender.send(camera.payload())
        sender.flush()
        wait_for_pictures(feed, "gate", 1)
        assert (seen(feed, "gate")["first_seq"], seen(feed, "gate")["missing"]) == (5, 0)
    finally:
        feed.stop()


def test_an_absent_broker_is_waited_for(mock_cluster: str, caplog: pytest.LogCaptureFixture) -> None:
    """While there is none, one line says so, however often it is tried; then pictures are shown."""
    caplog.set_level(logging.INFO, "viewer")
    topic, port, clock = new_name("absent"), free_port(), RealClock()
    sender = Sender(mock_cluster, topic)
    sender.send(Camera().payload())
    sender.flush()
    where = route(f"127.0.0.1:{port}", topic)
    feed = Feed(lambda: reader.from_route(where), Cameras(clock), clock, from_beginning=True)
    feed.start()
    try:
        wait_until(lambda: "no connection" in feed.status, "the feed to say that there is no broker")
        assert not feed.connected
        with forwarding(port, mock_cluster):
            wait_for_pictures(feed, "gate", 1)
            wait_until(lambda: feed.connected, "the feed to say that it is connected")
            feed.stop()  # before it can miss its broker
    finally:
        feed.stop()
    ours = [record.getMessage() for record in caplog.records if record.name == "viewer.feed"]
    assert [line.split(":")[0].split(",")[0] for line in ours] == ["no connection", "connected", "stopped"]


def test_the_first_tries_to_connect_are_short(client: str) -> None:
    """Each waits no less than the one before; what the settings say comes first; kafka-python is not told."""
    tries = [reader.from_route(route("127.0.0.1:1", "t"), wait_ms) for wait_ms in reader.CONNECT_MS]
    given = [each.params["type_spec"].get("connect_timeout_ms") for each in tries]
    assert given == ([1000, 1000, 2000, 4000] if client == "librdkafka" else [None] * 4)
    if client == "librdkafka":
        own = Route("kafka", "t", "AT_LEAST_ONCE", {"brokers": "b:1"}, {"connect_timeout_ms": 9000})
        assert reader.from_route(own).params["type_spec"]["connect_timeout_ms"] == 9000
