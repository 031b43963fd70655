"""Stills, clips and events, each to a broker of its own: none holds up the others."""

from __future__ import annotations

from pathlib import Path

import boto3
import sinetstream

from scripts.free_port import free_port
from scripts.kafka_node import KafkaNode
from ss_camera import message
from tests.clips.real_video import play
from tests.kafka_topics import Topics
from tests.program import Program, wait_until
from tests.subscriber import Subscriber
from tests.witness import MOVES, events, numbers, wait_for_events


def mqtt_subscriber(address: tuple[str, int], topic: str) -> Subscriber:
    at_least_once = sinetstream.AT_LEAST_ONCE
    return Subscriber(
        type="mqtt", brokers=f"{address[0]}:{address[1]}", topic=topic, consistency=at_least_once
    )


def test_three_brokers_of_three_types_at_once(
    kafka: KafkaNode, topics: Topics, mosquitto: tuple[str, int], moto: str, tmp_path: Path
) -> None:
    """Stills to Kafka, a whole clip to S3, events to MQTT: every number is at one of them."""
    topic = topics.make()
    s3 = boto3.client(
        "s3", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    s3.create_bucket(Bucket="clips")
    settings = {
        **MOVES,
        "SS_BROKERS": kafka.bootstrap,
        "SS_TOPIC": topic,
        "EVENT_SS_TYPE": "mqtt",
        "EVENT_SS_BROKERS": f"{mosquitto[0]}:{mosquitto[1]}",
        "CLIP_DELIVERY": "whole",
        "CLIP_MAX": "20",
        "CLIP_SS_TYPE": "s3",
        "CLIP_SS_ENDPOINT_URL": moto,
        "CLIP_SS_BUCKET": "clips",
        "CLIP_SS_PREFIX": "garden",
        "CLIP_SS_SUFFIX": ".mp4",
        "CLIP_SS_NAME": "minute",
        "CLIP_SS_AWS_ACCESS_KEY_ID": "key",
        "CLIP_SS_AWS_SECRET_ACCESS_KEY": "very-secret",
        "CLIP_SS_REGION_NAME": "us-east-1",
    }
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as stills,
        mqtt_subscriber(mosquitto, f"{topic}.event") as told,
        Program.camera(tmp_path, settings) as camera,
    ):
        wait_for_events(told, "motion-update")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        assert "very-secret" not in camera.text
        count = camera.counts()["delivered"]
        wait_until(lambda: len(numbers(stills, told)) >= count - 1, f"{count} messages")
        (entry,) = s3.list_objects_v2(Bucket="clips")["Contents"]
        body = s3.get_object(Bucket="clips", Key=entry["Key"])["Body"].read()
        clip = message.read(sinetstream.SINETStreamMessageDecoder().decode(body).value)
        assert clip.identity is not None
        assert sorted([*numbers(stills, told), clip.identity.seq]) == list(range(count))
        assert clip.part is not None
        (end,) = events(told.messages, "motion-end")
        assert (end["clips"], end["parts"], end["event"]) == ([clip.part.clip], 1, clip.identity.event)
        assert clip.part.totals is not None
        assert len(play(clip.part.video)[0]) == clip.part.totals.frames


def test_a_dead_broker_of_clips_holds_up_neither_stills_nor_events(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """All of them arrive, also what is captured long after the clip, and the log says which wait."""
    topic = topics.make()
    settings = {
        **MOVES,
        "SS_BROKERS": kafka.bootstrap,
        "SS_TOPIC": topic,
        "CLIP_SS_BROKERS": f"127.0.0.1:{free_port()}",
    }
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as stills,
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.event") as told,
        Program.camera(tmp_path, settings) as camera,
    ):
        assert "parts of clips wait" in camera.wait_for("capture goes on")
        wait_for_events(told, "motion-end")
        reached = len(stills.messages)
        wait_until(lambda: len(stills.messages) >= reached + 10, "stills after the clip")
        seqs = stills.seqs("cam")
        assert seqs == sorted(set(seqs)), "none twice, none out of order"
        (end,) = events(told.messages, "motion-end")
        missing = set(range(max(seqs))) - set(seqs) - set(told.seqs("cam"))
        assert len(missing) == end["parts"], "the parts of the clip and nothing else"
