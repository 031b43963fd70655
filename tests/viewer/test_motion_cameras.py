"""Cameras that record, on brokers of real life, and a viewer that saves what they send."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ss_camera.clock import RealClock
from tests.clips.real_video import play
from tests.kafka_topics import new_name
from tests.program import Program, wait_until
from tests.viewer.sender import Camera, Sender
from tests.viewer.taking import files
from tests.viewer.test_saving import is_whole_clip
from tests.witness import MOVES
from viewer.feed import LOOK_S

if TYPE_CHECKING:
    from scripts.kafka_node import KafkaNode
    from tests.kafka_topics import Topics


def state(page: str) -> dict[str, Any]:
    with urllib.request.urlopen(page + "api/state", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def saves_all_that_a_camera_sends(folder: Path, broker: Mapping[str, str]) -> None:
    """A drawn camera with one motion: its pictures, its clip and its events, none missing."""
    saved = folder / "saved"
    wanted = ("--save", str(saved), "--web", "127.0.0.1:0")
    with Program.viewer(folder, broker, *wanted) as viewer:
        page = json.loads(viewer.wait_for('"page"'))["page"]
        viewer.wait_for("connected: topic")
        with Program.camera(folder, {**MOVES, **broker}) as camera:
            wait_until(lambda: any(name.endswith(".mp4") for name in files(saved)), "a clip", 60.0)
            camera.stop(signal.SIGTERM)
            assert camera.ended() == 0, camera.text
            captured = int(camera.wait_for("stopped:").split("captured ")[1].split(",")[0])
        wait_until(lambda: state(page)["received"] == captured, f"{captured} pictures")
        wait_until(lambda: state(page)["cameras"]["cam"]["missing"] == 0, f"none missing: {state(page)}")
        assert state(page)["cameras"]["cam"]["repeated"] == 0
        viewer.stop()
        assert viewer.ended() == 0
        assert "WARNING" not in viewer.text, viewer.text
    (clip,) = [saved / name for name in files(saved) if name.endswith(".mp4")]
    assert is_whole_clip(clip)
    assert len(play(clip.read_bytes())[0]) > 20
    assert len([name for name in files(saved) if name.endswith(".jpg")]) == captured
    (events,) = [saved / name for name in files(saved) if name.endswith(".jsonl")]
    kinds = [json.loads(line)["kind"] for line in events.read_text().splitlines()]
    assert (kinds[0], kinds[-1]) == ("motion-start", "motion-end")


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_a_recording_camera_on_kafka(kafka: KafkaNode, topics: Topics, tmp_path: Path, client: str) -> None:
    """Six partitions; the camera makes the topics of clips and events, while the viewer waits for them."""
    topic = topics.make(partitions=6)
    broker = {"SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic, "KAFKA_CLIENT": client}
    saves_all_that_a_camera_sends(tmp_path, broker)


def test_a_recording_camera_on_mqtt(mosquitto: tuple[str, int], tmp_path: Path) -> None:
    """All three topics on one MQTT broker."""
    host, port = mosquitto
    broker = {"SS_TYPE": "mqtt", "SS_BROKERS": f"{host}:{port}", "SS_TOPIC": new_name("mqtt")}
    saves_all_that_a_camera_sends(tmp_path, broker)


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_looking_for_topics_makes_none(kafka: KafkaNode, topics: Topics, tmp_path: Path, client: str) -> None:
    """A broker that makes topics by itself has none of clips and events because of a viewer; and no line of
    the log tells of it."""
    from confluent_kafka.admin import AdminClient

    topic = topics.make()
    broker = {"SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic, "KAFKA_CLIENT": client}
    with Program.viewer(tmp_path, broker, "--web", "127.0.0.1:0") as viewer:
        viewer.wait_for("connected: topic")
        clock = RealClock()
        end_s = clock.monotonic_s() + 3 * LOOK_S
        wait_until(lambda: clock.monotonic_s() > end_s, "a few looks for the topics")
        viewer.stop()
        assert viewer.ended() == 0
    there = AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(timeout=10).topics
    assert [name for name in there if name.startswith(topic)] == [topic]
    assert "WARNING" not in viewer.text
    assert len(viewer.lines) < 8, viewer.text


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_a_viewer_that_may_read_stills_alone(
    kafka: KafkaNode, topics: Topics, tmp_path: Path, client: str
) -> None:
    """Stills are shown; that clips and events may not be read is said, and nothing is claimed of what is
    missing; with the right it is."""
    topic, camera = topics.make(), Camera()
    topics.grant("viewer", "READ", topic)
    broker = {
        "SS_BROKERS": kafka.bootstrap_sasl_ssl,
        "SS_TOPIC": topic,
        "KAFKA_CLIENT": client,
        "SS_SECURITY_PROTOCOL": "SASL_SSL",
        "SS_SASL_MECHANISM": "SCRAM-SHA-256",
        "SS_SASL_PLAIN_USERNAME": "viewer",
        "SS_SASL_PLAIN_PASSWORD": kafka.users["viewer"],
        "SS_SSL_CAFILE": str(kafka.tls.ca),
    }
    sender = Sender(kafka.bootstrap, topic)
    with Program.viewer(tmp_path, broker, "--web", "127.0.0.1:0") as viewer:
        page = json.loads(viewer.wait_for('"page"'))["page"]
        viewer.wait_for("connected: topic")

        def is_unknown() -> bool:
            sender.send(camera.payload())
            sender.flush()
            cameras = state(page)["cameras"]
            return "gate" in cameras and cameras["gate"]["missing"] is None

        wait_until(is_unknown, "an unknown number to be missing")
        viewer.wait_for("not allowed to read topic")
        for suffix in (".clip", ".event"):
            topics.make(topic + suffix)
            topics.grant("viewer", "READ", topic + suffix)
        wait_until(lambda: state(page)["cameras"]["gate"]["missing"] == 0, "all topics to be read", 60.0)
        viewer.stop()
        assert viewer.ended() == 0
        assert viewer.text.count("not allowed to read topic") in (1, 2), viewer.text
        assert len(viewer.lines) < 8, viewer.text
        assert "Traceback" not in viewer.text
