"""Pictures that are too large: named with their size and the limit that they met, and nothing else stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.kafka_node import KafkaNode
from tests.kafka_topics import Topics
from tests.program import Program, drawn, wait_until
from tests.subscriber import Subscriber


def settings(broker: str, topic: str, **more: str) -> dict[str, str]:
    return drawn(broker, topic, PICAMERA_RESOLUTION="VGA", **more)


def test_over_the_topics_limit(kafka: KafkaNode, topics: Topics, tmp_path: Path) -> None:
    """One line for all of them says how large one is and what to raise at the broker."""
    small = topics.make(max_message_bytes=5000)
    with Program.camera(tmp_path, settings(kafka.bootstrap, small)) as camera:
        line = camera.wait_for("is given up")
        assert "max.message.bytes" in line
        assert "640x480 pixels" in line
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        assert camera.text.count("is given up") == 1
        captured = camera.counts()["captured"]
        assert camera.counts() == {"captured": captured, "refused{by the broker}": captured}


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_over_the_clients_own_limit(kafka: KafkaNode, topics: Topics, tmp_path: Path, client: str) -> None:
    """It is not the broker that refuses them: the setting to raise is named, in the counts too."""
    topic = topics.make()
    own = settings(kafka.bootstrap, topic, SS_MAX_REQUEST_SIZE="5000", KAFKA_CLIENT=client)
    with Program.camera(tmp_path, own) as camera:
        line = camera.wait_for("is given up")
        assert "SS_MAX_REQUEST_SIZE (5000 bytes)" in line
        size = int(line.split("still 0 (")[1].split(" bytes, 640x480 pixels")[0])
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        captured = camera.counts()["captured"]
        assert camera.counts() == {"captured": captured, "refused{by SS_MAX_REQUEST_SIZE}": captured}
    larger = settings(kafka.bootstrap, topic, SS_MAX_REQUEST_SIZE=str(2 * size), KAFKA_CLIENT=client)
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
        Program.camera(tmp_path, larger),
    ):
        wait_until(lambda: len(subscriber.messages) >= 3, "pictures with the limit raised")


def test_at_most_once_is_counted_as_handed_over(kafka: KafkaNode, topics: Topics, tmp_path: Path) -> None:
    """Without acknowledgements nobody knows what was delivered."""
    topic = topics.make()
    own = settings(kafka.bootstrap, topic, SS_CONSISTENCY="AT_MOST_ONCE")
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
        Program.camera(tmp_path, own) as camera,
    ):
        wait_until(lambda: len(subscriber.messages) >= 5, "5 pictures")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        captured = camera.counts()["captured"]
        assert camera.counts() == {"captured": captured, "handed over": captured}
