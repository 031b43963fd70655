"""The whole program as users start it, a real broker, and a subscriber that proves what arrived."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from scripts.free_port import free_port
from scripts.kafka_node import KafkaNode
from ss_camera import message
from ss_camera.clock import RealClock
from tests.camera.videos import FRAMES, make_video
from tests.kafka_topics import Topics
from tests.program import ROOT, Program, drawn, wait_until
from tests.subscriber import Subscriber
from tests.witness import complete, parts


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pictures_arrive_and_a_signal_ends_it_with_all_handed_over(
    number: signal.Signals, kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """From the first number on, in order, none missing; exit code 0."""
    topic = topics.make()
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
        Program.camera(tmp_path, drawn(kafka.bootstrap, topic)) as camera,
    ):
        wait_until(lambda: len(subscriber.messages) >= 20, "20 pictures")
        camera.stop(number)
        assert camera.ended(10.0) == 0, camera.text
        captured = camera.counts()["captured"]
        wait_until(lambda: len(subscriber.messages) >= captured, f"all of {captured} pictures")
        assert subscriber.seqs("cam") == list(range(captured))
        first = subscriber.messages[0]
        identity = subscriber.identities[0]
        assert first.timestamp_us == identity.captured_us, "SINETStream's timestamp is the capture time"


def test_both_samples_run_as_they_are(kafka: KafkaNode, topics: Topics, tmp_path: Path) -> None:
    """The sample's `.env` files; the environment says which broker and camera, as a user would."""
    for name, size in (("high", (320, 240)), ("low", (640, 480))):
        topic = topics.make()
        folder = tmp_path / name
        folder.mkdir()
        sample = (ROOT / f"dot_env-{name}_rate-sample").read_text()
        (folder / ".env").write_text(sample)
        own = {"SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic, "CAMERA": "synthetic"}
        with (
            Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
            Program.camera(folder, own) as camera,
        ):
            wait_until(lambda found=subscriber.messages: len(found) >= 1, "a picture", 30.0)
            camera.stop()
            assert camera.ended(10.0) == 0, camera.text
            found = message.read(subscriber.messages[0].value)
            assert (found.width, found.height) == size


def test_the_sample_with_motion_runs_as_it_is(kafka: KafkaNode, topics: Topics, tmp_path: Path) -> None:
    """A clip with the seconds before it, on a topic of its own; here motion counts at any time of day."""
    topic = topics.make()
    (tmp_path / ".env").write_text((ROOT / "dot_env-motion-sample").read_text())
    own = {"SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic, "CAMERA": "synthetic"}
    own |= {"SYNTHETIC_MOTION": "3+60", "RECORDING_WINDOW": "00-24"}
    with (
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.clip") as shown,
        Program.camera(tmp_path, own) as camera,
    ):
        wait_until(lambda: len(shown.messages) >= 3, "parts of a clip")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        wait_until(lambda: any(part.totals for part in parts(shown.messages)), "the rest of it")
    (clip,) = complete(shown.messages)
    assert clip.preroll_s > 1
    assert clip.identity.reason == "motion"


def test_a_broker_that_is_killed_and_comes_back_costs_no_picture(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """At ten pictures a second, on its log again after some seconds: none missing, none out of order."""
    topic = topics.make()
    with Program.camera(tmp_path, drawn(kafka.bootstrap, topic, PICAMERA_RESOLUTION="VGA")) as camera:
        with Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber:
            wait_until(lambda: len(subscriber.messages) >= 20, "20 pictures before")
            kafka.kill()
            camera.wait_for("capture goes on")
            kafka.start()
            camera.wait_for("delivering again", 60.0)
            before = len(subscriber.messages)
            wait_until(lambda: len(subscriber.messages) >= before + 20, "20 pictures after", 60.0)
            camera.stop()
            assert camera.ended(10.0) == 0, camera.text
        captured = camera.counts()["captured"]
        # a reader of its own: the one above lived through the crash, this one proves what the log holds
        with Subscriber(brokers=kafka.bootstrap, topic=topic) as witness:
            wait_until(lambda: len(set(witness.seqs("cam"))) >= captured, f"{captured} pictures", 60.0)
            assert witness.seqs("cam") == list(range(captured)), "no gap, no repeat, in order"


def test_a_paused_broker_is_waited_out(kafka: KafkaNode, topics: Topics, tmp_path: Path) -> None:
    """SIGSTOP for some seconds, as a swapping server does: nothing is missing afterwards."""
    topic = topics.make()
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
        Program.camera(tmp_path, drawn(kafka.bootstrap, topic)),
    ):
        wait_until(lambda: len(subscriber.messages) >= 5, "pictures before")
        kafka.pause()
        reached = subscriber.seqs("cam")[-1]
        try:
            clock, start_s = RealClock(), RealClock().monotonic_s()
            wait_until(lambda: clock.monotonic_s() - start_s > 4.0, "four seconds of silence")
        finally:
            kafka.resume()
        wait_until(lambda: subscriber.seqs("cam")[-1] >= reached + 50, "what was captured meanwhile", 60.0)
        seqs = subscriber.seqs("cam")
        assert seqs == list(range(len(seqs)))


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_a_broker_that_is_absent_at_the_start_is_waited_for(tmp_path: Path, client: str) -> None:
    """It captures from the start, says once that it waits, stops in time and says what is lost."""
    absent = drawn(f"127.0.0.1:{free_port()}", "nowhere", KAFKA_CLIENT=client)
    with Program.camera(tmp_path, absent) as camera:
        camera.wait_for("capture goes on")
        camera.stop()
        assert camera.ended(10.0) == 75, camera.text
        assert "were not delivered" in camera.text
        assert camera.text.count("capture goes on") <= 2
        assert len(camera.lines) <= 8, camera.text
        assert "Traceback" not in camera.text


def test_a_topic_of_six_partitions_keeps_each_cameras_order(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """Three cameras, six partitions: all of a camera is in one partition and in order."""
    topic = topics.make(partitions=6)
    with Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber:
        names = ["north", "south", "gate"]
        programs = [Program.camera(tmp_path, drawn(kafka.bootstrap, topic, CAMERA_ID=name)) for name in names]
        try:
            for name in names:
                wait_until(lambda name=name: len(subscriber.seqs(name)) >= 20, f"20 pictures of {name}")
        finally:
            for each in programs:
                each.stop()
                each.ended(15.0)
        captured = {name: each.counts()["captured"] for name, each in zip(names, programs, strict=True)}
        total = sum(captured.values())
        wait_until(lambda: len(subscriber.messages) >= total, f"all {total} pictures")
        partitions: dict[str, set[int]] = {name: set() for name in names}
        for each, identity in zip(subscriber.messages, subscriber.identities, strict=True):
            partitions[identity.camera].add(each.raw.partition)
        for name in names:
            assert subscriber.seqs(name) == list(range(captured[name]))
            assert len(partitions[name]) == 1


def test_the_fallback_client_delivers_and_survives_a_bounce(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """KAFKA_CLIENT=kafka-python: nothing missing at a subscriber; order within the camera's one partition."""
    topic = topics.make(partitions=6)
    more = {"KAFKA_CLIENT": "kafka-python"}
    with Program.camera(tmp_path, drawn(kafka.bootstrap, topic, **more)) as camera:
        with Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber:
            wait_until(lambda: len(subscriber.messages) >= 10, "10 pictures before")
            kafka.kill()
            kafka.start()
            before = len(subscriber.messages)
            wait_until(lambda: len(subscriber.messages) >= before + 30, "30 pictures after", 90.0)
            camera.stop()
            camera.ended(12.0)
        captured = camera.counts()["captured"]
        with Subscriber(brokers=kafka.bootstrap, topic=topic) as witness:
            wait_until(lambda: len(set(witness.seqs("cam"))) >= captured, f"{captured} pictures", 60.0)
            first_seen = list(dict.fromkeys(witness.seqs("cam")))
            assert first_seen == list(range(captured)), "repeats are allowed here, gaps and disorder not"
            assert len({each.raw.partition for each in witness.messages}) == 1


def test_encryption_and_compression_of_sinetstream_are_used(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """A subscriber with the password reads the pictures; the bytes on the broker are not JPEG."""
    topic = topics.make()
    crypto = {
        "algorithm": "AES",
        "key_length": 256,
        "mode": "GCM",
        "padding": None,
        "password": {"value": "correct horse"},
        "key_derivation": {"algorithm": "pbkdf2"},
    }
    more = {
        "SS_DATA_ENCRYPTION": "true",
        "SS_CRYPTO__ALGORITHM": "AES",
        "SS_CRYPTO__KEY_LENGTH": "256",
        "SS_CRYPTO__MODE": "GCM",
        "SS_CRYPTO__PASSWORD": "correct horse",
        "SS_CRYPTO__KEY_DERIVATION__ALGORITHM": "pbkdf2",
        "SS_DATA_COMPRESSION": "true",
        "SS_COMPRESSION__ALGORITHM": "gzip",
    }
    reading = {"data_encryption": True, "crypto": crypto, "data_compression": True}
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic, **reading) as subscriber,
        Program.camera(tmp_path, drawn(kafka.bootstrap, topic, **more)) as camera,
    ):
        wait_until(lambda: len(subscriber.messages) >= 3, "3 pictures")
        assert subscriber.seqs("cam")[:3] == [0, 1, 2]
        assert b"JFIF" not in subscriber.messages[0].raw.value
        assert "correct horse" not in camera.text


def test_wrong_settings_end_with_78_and_plain_sentences(tmp_path: Path) -> None:
    """All problems together, nothing started, no traceback."""
    (tmp_path / ".env").write_text("PICAMERA_RESOLUTON=VGA\nSS_BROKERS=kafka:9o92\n")
    with Program.camera(tmp_path, {}) as camera:
        assert camera.ended(15.0) == 78
        assert "PICAMERA_RESOLUTION?" in camera.text
        assert "9o92" in camera.text
        assert "SS_TOPIC" in camera.text
        assert ".env:1" in camera.text
        assert "Traceback" not in camera.text


def test_the_viewer_counts_what_a_camera_sends(kafka: KafkaNode, topics: Topics, tmp_path: Path) -> None:
    """`--count N --json` with the camera's own settings; nothing missing, nothing repeated."""
    topic = topics.make(partitions=6)
    both = drawn(kafka.bootstrap, topic)
    with (
        Program.camera(tmp_path, both),
        Program.viewer(tmp_path, both, "--count", "20", "--json", "--from-beginning") as viewer,
    ):
        assert viewer.ended(60.0) == 0, viewer.text
        counted = json.loads(viewer.lines[-1])
        assert counted["frames"] == 20
        assert counted["cameras"]["cam"]["missing"] == 0
        assert counted["cameras"]["cam"]["repeated"] == 0


@pytest.mark.parametrize("kind", ["file", "auto"])
def test_a_video_played_once_is_delivered_whole_and_ends_the_program(
    kafka: KafkaNode, topics: Topics, tmp_path: Path, kind: str
) -> None:
    """Every frame at the file's own rate, then exit code 0 without a signal."""
    recording = make_video(tmp_path / "walk.mp4")
    topic = topics.make()
    own = {"CAMERA": kind, "CAMERA_URL": str(recording), "CAMERA_ID": "cam"}
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
        Program.camera(tmp_path, {**own, "SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic}) as camera,
    ):
        assert camera.ended(30.0) == 0, camera.text
        wait_until(lambda: len(subscriber.messages) >= FRAMES, "all pictures")
        assert subscriber.seqs("cam") == list(range(FRAMES))
