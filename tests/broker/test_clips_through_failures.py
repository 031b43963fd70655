"""A broker and a camera that go away in the middle of a clip, and a clip that a signal asks for."""

from __future__ import annotations

import io
import signal
import threading
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.kafka_node import KafkaNode
from ss_camera import message
from tests.camera.network import HttpCamera, http_camera
from tests.clips.real_video import play
from tests.kafka_topics import Topics, new_name
from tests.program import Program, wait_until
from tests.subscriber import Subscriber
from tests.witness import MOVES, complete, events, numbers, parts, totals, wait_for_events


def test_a_broker_that_is_killed_in_the_middle_of_a_clip_costs_no_part(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """It comes back on its log: every part is there, in order, the SHA-256 right, and every event."""
    topic = topics.make()
    settings = {**MOVES, "SYNTHETIC_MOTION": "3+300", "CLIP_MAX": "4", "STILLS": "off"}
    settings |= {"SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic}
    with Program.camera(tmp_path, settings) as camera:
        with Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.clip") as shown:
            wait_until(lambda: len(parts(shown.messages)) >= 2, "an open clip")
            kafka.kill()
            camera.wait_for("parts of clips wait")
            kafka.start()
            camera.wait_for("delivering again", 60.0)
            before = len(shown.messages)
            wait_until(lambda: len(shown.messages) >= before + 8, "what was recorded meanwhile", 60.0)
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
    delivered = camera.counts()["delivered"]
    # readers of their own: the one above lived through the crash, these prove what the log holds
    with (
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.clip") as shown,
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.event") as told,
    ):
        wait_until(lambda: len(set(numbers(shown, told))) >= delivered, f"{delivered} messages", 60.0)
        assert sorted(set(numbers(shown, told))) == list(range(delivered))
        made = complete(shown.messages)
        order = list(dict.fromkeys((part.clip, part.index) for part in parts(shown.messages)))
        assert order == [(clip.clip, index) for clip in made for index in range(totals(clip).parts)]
        assert [totals(clip).end for clip in made] == ["max"] * (len(made) - 1) + ["stop"]
        (end,) = events(told.messages, "motion-end")
        assert end["clips"] == [clip.clip for clip in made]


class Street:
    """An MJPEG camera with 20 pictures a second: an empty street, and after 2 s traffic; `cut` ends it."""

    def __init__(self) -> None:
        self.cut = threading.Event()
        random = np.random.default_rng(1)
        ground = random.integers(90, 110, (240, 320, 3), np.uint8)
        self._empty = self._picture(ground, None)
        self._traffic = [self._picture(ground, number * 30) for number in range(8)]

    def answer(self, request: BaseHTTPRequestHandler, camera: HttpCamera) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame-limit")
        request.end_headers()
        for number in count():
            picture = self._empty if number < 40 else self._traffic[number // 2 % 8]
            head = f"--frame-limit\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            request.wfile.write(head.encode() + picture + b"\r\n")
            if self.cut.wait(0.05) or camera.stop.is_set():
                self.cut.clear()
                return

    @staticmethod
    def _picture(ground: NDArray[np.uint8], left: int | None) -> bytes:
        picture = ground.copy()
        if left is not None:
            picture[80:160, left : left + 80] = 240
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=85)
        return out.getvalue()


def test_a_camera_that_fails_in_the_middle_of_a_clip_and_comes_back(
    mock_cluster: str, tmp_path: Path
) -> None:
    """The clip ends with what it has, whole; the next one, of another event, begins with a keyframe; no
    number is missing."""
    street = Street()
    topic = new_name("street")
    with http_camera(street.answer) as network:
        settings = {
            "CAMERA": "http",
            "CAMERA_URL": network.url(),
            "CAMERA_ID": "cam",
            "MOTION": "on",
            "STILLS": "off",
            "CLIP_PREROLL": "1",
            "SS_BROKERS": mock_cluster,
            "SS_TOPIC": topic,
        }
        with (
            Subscriber(brokers=mock_cluster, topic=f"{topic}.clip") as shown,
            Subscriber(brokers=mock_cluster, topic=f"{topic}.event") as told,
            Program.camera(tmp_path, settings) as camera,
        ):
            wait_until(lambda: len(parts(shown.messages)) >= 3, "an open clip")
            street.cut.set()
            camera.wait_for("the next try is in")
            wait_for_events(told, "motion-start", 2)
            wait_until(lambda: parts(shown.messages)[-1].index >= 2, "the next clip")
            camera.stop()
            assert camera.ended(10.0) == 0, camera.text
            delivered = camera.counts()["delivered"]
            wait_until(lambda: len(numbers(shown, told)) >= delivered, f"{delivered} messages")
            assert numbers(shown, told) == list(range(delivered))
            first, second = complete(shown.messages)
            assert first.identity.event != second.identity.event
            assert [each["kind"] for each in events(told.messages) if each["kind"] != "motion-update"] == [
                *("motion-start", "motion-end"),
                *("motion-start", "motion-end"),
            ]
            for clip in (first, second):
                assert totals(clip).end == "stop"
                assert len(play(clip.read())[0]) == totals(clip).frames, "from its first frame on"


def test_a_signal_asks_for_a_clip(mock_cluster: str, tmp_path: Path) -> None:
    """SIGUSR1, as `systemctl kill -s USR1` sends it; without motion it is a line in the log."""
    topic = new_name("asked")
    broker = {"SS_BROKERS": mock_cluster, "SS_TOPIC": topic}
    settings = {**MOVES, **broker, "SYNTHETIC_MOTION": "none", "CLIP_MANUAL": "1"}
    with (
        Subscriber(brokers=mock_cluster, topic=f"{topic}.clip") as shown,
        Program.camera(tmp_path, settings) as camera,
    ):
        camera.wait_for("capturing from")
        camera.stop(signal.SIGUSR1)
        wait_until(lambda: any(part.totals for part in parts(shown.messages)), "the clip")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        (clip,) = complete(shown.messages)
        assert clip.identity.reason == message.Reason.MANUAL
        assert totals(clip).duration_s >= 1
    with Program.camera(tmp_path, {**settings, "MOTION": "off"}) as camera:
        camera.wait_for("capturing from")
        camera.stop(signal.SIGUSR1)
        camera.wait_for("MOTION=on")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
