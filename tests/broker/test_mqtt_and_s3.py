"""SINETStream's own MQTT and S3 plugins under our publisher: what arrives, and what an outage costs."""

from __future__ import annotations

import contextlib
from pathlib import Path

import boto3
import pytest
import sinetstream

from scripts.free_port import free_port
from ss_camera import message
from tests import servers
from tests.parts import need
from tests.program import DRAWN, Program, wait_until
from tests.subscriber import Subscriber

CAMERA = {**DRAWN, "SS_TOPIC": "pictures"}


def mqtt(address: tuple[str, int]) -> dict[str, str]:
    return {**CAMERA, "SS_TYPE": "mqtt", "SS_BROKERS": f"{address[0]}:{address[1]}"}


def mqtt_subscriber(address: tuple[str, int]) -> Subscriber:
    at_least_once = sinetstream.AT_LEAST_ONCE
    broker = f"{address[0]}:{address[1]}"
    # a session that outlives a connection, as a subscriber that wants everything asks for
    return Subscriber(
        type="mqtt", brokers=broker, topic="pictures", consistency=at_least_once, client_id="witness"
    )


@pytest.mark.parametrize("consistency", ["AT_LEAST_ONCE", "EXACTLY_ONCE", "AT_MOST_ONCE"])
def test_pictures_arrive_over_mqtt(mosquitto: tuple[str, int], tmp_path: Path, consistency: str) -> None:
    """In order, none missing; every confirmation is counted."""
    with (
        mqtt_subscriber(mosquitto) as subscriber,
        Program.camera(tmp_path, {**mqtt(mosquitto), "SS_CONSISTENCY": consistency}) as camera,
    ):
        wait_until(lambda: len(subscriber.messages) >= 20, "20 pictures")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        counts = camera.counts()
        captured = counts["captured"]
        counted = "handed over" if consistency == "AT_MOST_ONCE" else "delivered"
        assert counts[counted] == captured
        wait_until(lambda: len(subscriber.messages) >= captured, f"all {captured}")
        assert subscriber.seqs("cam") == list(range(captured))


def test_an_mqtt_broker_that_restarts_loses_no_picture(tmp_path: Path) -> None:
    """Every number that the camera counts as delivered after the restart was seen by a new subscriber."""
    need("mosquitto")
    port = free_port()
    with contextlib.ExitStack() as stack:
        first = servers.mosquitto(tmp_path, port)
        address = first.__enter__()
        camera = stack.enter_context(Program.camera(tmp_path, mqtt(address)))
        with mqtt_subscriber(address) as before:
            wait_until(lambda: len(before.messages) >= 10, "pictures before")
            first.__exit__(None, None, None)
        camera.wait_for("capture goes on")
        stack.enter_context(servers.mosquitto(tmp_path, port))
        with mqtt_subscriber(address) as after:
            camera.wait_for("delivering again", 60.0)
            wait_until(lambda: len(after.messages) >= 20, "pictures after", 60.0)
            seqs = list(dict.fromkeys(after.seqs("cam")))
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "no gap after the restart"
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text


def s3_settings(url: str, **more: str) -> dict[str, str]:
    return {
        **CAMERA,
        "SS_TYPE": "s3",
        "SS_ENDPOINT_URL": url,
        "SS_BUCKET": "pictures",
        "SS_PREFIX": "img",
        "SS_SUFFIX": ".jpg",
        "SS_NAME": "minute",
        "SS_AWS_ACCESS_KEY_ID": "key",
        "SS_AWS_SECRET_ACCESS_KEY": "very-secret",
        "SS_REGION_NAME": "us-east-1",
        **more,
    }


def test_pictures_arrive_in_s3(moto: str, tmp_path: Path) -> None:
    """A bucket that is missing is said and waited for; then each picture is an object, none missing."""
    s3 = boto3.client(
        "s3", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    with Program.camera(tmp_path, s3_settings(moto)) as camera:
        assert "no bucket pictures" in camera.wait_for("capture goes on")
        s3.create_bucket(Bucket="pictures")
        camera.wait_for("delivering again", 60.0)
        camera.stop()
        assert camera.ended(12.0) == 0, camera.text
        assert "very-secret" not in camera.text
        assert " DEBUG " not in camera.text  # the plugin's own logger is at that level
        captured = camera.counts()["captured"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="pictures")
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    assert all(key.startswith("img/pictures/") and key.endswith(".jpg") for key in keys)
    codec = sinetstream.SINETStreamMessageDecoder()
    seqs = set()
    for key in keys:
        body = s3.get_object(Bucket="pictures", Key=key)["Body"].read()
        identity = message.read(codec.decode(body).value).identity
        assert identity is not None
        seqs.add(identity.seq)
    assert seqs == set(range(captured))
