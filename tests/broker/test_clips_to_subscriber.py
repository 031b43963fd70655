"""Clips and events as users get them: the whole program, a real broker with its own limits, a subscriber."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
import sinetstream
from numpy.typing import NDArray

from scripts.kafka_node import KafkaNode
from ss_camera import message
from tests.camera.network import need_rtsp_server, rtsp_server
from tests.clips.real_video import luma, play
from tests.kafka_topics import Topics
from tests.program import Program, wait_until
from tests.subscriber import Subscriber
from tests.witness import (
    MOVES,
    complete,
    events,
    frames_by_ffprobe,
    has_even_times,
    numbers,
    parts,
    totals,
    wait_for_events,
)

FPS, SECONDS = 20, 8
MOVE = (3.0, 4.5)
BITRATE = 17_000_000
MASK = "0,0.3,1,0.7"
"""The part of the picture that only is noise."""


def drawn(number: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """640x480 in yuv420p: noise that no encoder makes small, and above it a square that moves for a while."""
    picture = np.full((720, 640), 128, np.uint8)
    picture[144:480] = random.integers(0, 255, (336, 640), np.uint8)
    if MOVE[0] <= number / FPS < MOVE[1]:
        left = 40 + 8 * (number - round(MOVE[0] * FPS))
        picture[40:104, left : left + 64] = 235
    return picture


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of H.264 with 17 Mbit/s, a keyframe each second."""
    path = tmp_path_factory.mktemp("noisy") / "noisy.mp4"
    random = np.random.default_rng(1)
    rate = {"maxrate": str(BITRATE), "bufsize": "1800000", "sc_threshold": "0"}
    options = {"preset": "ultrafast", "tune": "zerolatency", **rate}
    with av.open(str(path), "w") as container:
        stream = cast(av.VideoStream, container.add_stream("libx264", rate=FPS, options=options))
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 640, 480, "yuv420p", FPS
        stream.bit_rate = BITRATE
        for number in range(FPS * SECONDS):
            frame = av.VideoFrame.from_ndarray(drawn(number, random), format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_three_cameras_with_17_mbit_each_on_one_topic(
    kafka: KafkaNode, topics: Topics, noisy: Path, tmp_path: Path
) -> None:
    """Each clip is the camera's own frames, all of them, at their own times, within the limits of a broker
    that nobody has changed."""
    topic = topics.make(partitions=6)
    topics.make(f"{topic}.clip", partitions=6)
    names = ["north", "south", "gate"]
    settings = {
        "CAMERA": "file",
        "CAMERA_URL": str(noisy),
        "SCHEDULE": "10",
        "MOTION": "on",
        "MOTION_FRAMES": "1",
        "MOTION_MASK": MASK,
        "CLIP_PREROLL": "2",
        "CLIP_POSTROLL": "1.5",
        "CLIP_BITRATE": str(BITRATE),
        "SS_BROKERS": kafka.bootstrap,
        "SS_TOPIC": topic,
    }
    with Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.clip") as shown, contextlib.ExitStack() as stack:
        cameras = [
            stack.enter_context(Program.camera(tmp_path, {**settings, "CAMERA_ID": name})) for name in names
        ]
        for camera in cameras:
            assert camera.ended(60.0) == 0, camera.text
        wait_until(lambda: len([part for part in parts(shown.messages) if part.totals]) >= 3, "three clips")
    made = complete(shown.messages)
    assert sorted(clip.identity.camera for clip in made) == sorted(names)
    with av.open(str(noisy)) as container:
        source = [luma(frame) for frame in container.decode(video=0)]
    for clip in made:
        _is_part_of(clip, source)
        _is_in_one_partition_and_plays(clip, shown.messages, tmp_path)


def _is_part_of(clip: message.Clip, source: Sequence[bytes]) -> None:
    """Frame by frame, from a keyframe at or before the pre-roll to one at or after the post-roll."""
    times_us, pictures = play(clip.read())
    first = source.index(pictures[0])
    assert pictures == source[first : first + len(pictures)]
    assert len(pictures) == totals(clip).frames
    assert times_us[0] == 0
    assert has_even_times(times_us, 1e6 / FPS)
    assert totals(clip).duration_s == pytest.approx(len(pictures) / FPS, abs=1e-6)
    trigger_s = first / FPS + clip.preroll_s
    assert MOVE[0] <= trigger_s <= MOVE[0] + 0.1, "within one sampling interval"
    assert clip.preroll_s >= 2
    assert (first + len(pictures)) / FPS >= MOVE[1] - 0.1 + 1.5
    assert totals(clip).bytes * 8 / totals(clip).duration_s == pytest.approx(BITRATE, rel=0.1)


def _is_in_one_partition_and_plays(clip: message.Clip, messages: list[Any], folder: Path) -> None:
    own = [each for each in messages if (part := message.read(each.value).part) and part.clip == clip.clip]
    assert len({each.raw.partition for each in own}) == 1
    assert [part.index for part in parts(own)] == list(range(totals(clip).parts))
    assert max(len(each.value) for each in own) <= 256 * 1024
    behind_each_other = folder / f"{clip.identity.camera}.mp4"
    behind_each_other.write_bytes(b"".join(each.value for each in own))
    assert frames_by_ffprobe(behind_each_other) == totals(clip).frames


def ball_appears_us(clip: message.Clip, row: int = 40) -> tuple[float, float]:
    """When the last picture without the ball was taken, and the first whose part below the text differs."""
    times_us, pictures = play(clip.read())
    planes = [np.frombuffer(picture, np.uint8).reshape(240, 320)[row:].astype(int) for picture in pictures]
    first = next(number for number, plane in enumerate(planes) if np.abs(plane - planes[0]).max() > 80)
    assert clip.identity.captured_us is not None
    return clip.identity.captured_us + times_us[first - 1], clip.identity.captured_us + times_us[first]


def test_clips_and_events_are_as_the_motion_was_scripted(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """Two motions near each other are one event, in clips of about two seconds without a lost frame; one
    that is far from them is an event of its own."""
    topic = topics.make()
    settings = {
        **MOVES,
        "SYNTHETIC_MOTION": "3+1,4.7+1,8.5+0.5",
        "MOTION_FRAMES": "1",
        "CLIP_MAX": "2",
        "CLIP_GOP": "0.5",
        "SS_BROKERS": kafka.bootstrap,
        "SS_TOPIC": topic,
    }
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as stills,
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.clip") as shown,
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.event") as told,
        Program.camera(tmp_path, settings) as camera,
    ):
        wait_for_events(told, "motion-end", 2)
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        count = camera.counts()["delivered"]
        wait_until(lambda: len(numbers(stills, shown, told)) >= count, f"{count} messages")
        assert numbers(stills, shown, told) == list(range(count)), "one numbering over all families"
    made = complete(shown.messages)
    starts, ends = events(told.messages, "motion-start"), events(told.messages, "motion-end")
    assert len(starts) == len(ends) == 2
    assert [clip.clip for clip in made] == [name for end in ends for name in end["clips"]]
    _is_one_event_without_a_gap(made[: len(ends[0]["clips"])], ends[0])
    begins_us: list[
        tuple[float, float]
    ] = []  # of the camera's time, by each motion: a busy machine leaves frames out
    for start, end, scripted_us in zip(starts, ends, (3_000_000, 8_500_000), strict=True):
        (clip,) = (each for each in made if each.clip == end["clips"][0])
        without_us, with_us = ball_appears_us(clip)
        begins_us.append((without_us - scripted_us, with_us - scripted_us))
        assert abs(message.parse_time(start["captured"]) - with_us) <= 110_000, "one sampling interval"
        assert clip.preroll_s == end["preroll_s"] >= 1
        assert base64.b64decode(start["thumbnail"])[:3] == b"\xff\xd8\xff", "a JPEG"
    (after, until), (again_after, again_until) = begins_us
    assert max(after, again_after) <= min(until, again_until) + 10_000, "one begin fits both"
    assert {still.reason for still in stills.identities} == {"stream"}


def _is_one_event_without_a_gap(made: list[message.Clip], end: Any) -> None:
    """Several clips, each but the last cut by `CLIP_MAX`; each begins with the next frame."""
    assert len(made) >= 2
    assert [totals(clip).end for clip in made] == ["max"] * (len(made) - 1) + ["quiet"]
    for clip, following in pairwise(made):
        assert totals(clip).duration_s >= 2
        assert play(clip.read())[0][-1] < 2_500_000, "the first keyframe behind 2 s is the next clip's"
        ends_us = clip.identity.captured_us + totals(clip).duration_s * 1e6
        assert abs(following.identity.captured_us - ends_us) < 50_000, "half a frame"
        assert following.preroll_s == 0
    assert end["duration_s"] == pytest.approx(2.7, abs=0.21)
    whole_s = sum(totals(clip).duration_s for clip in made)
    assert whole_s >= 1 + end["duration_s"] + 1
    assert end["parts"] == sum(totals(clip).parts for clip in made)


def test_mqtt_needs_no_setting_but_its_address(mosquitto: tuple[str, int], tmp_path: Path) -> None:
    """Stills, clips and events on three topics of a broker as Debian ships it."""
    address = f"{mosquitto[0]}:{mosquitto[1]}"
    settings = {**MOVES, "SS_TYPE": "mqtt", "SS_BROKERS": address, "SS_TOPIC": "garden"}
    at_least_once = sinetstream.AT_LEAST_ONCE

    def subscriber(topic: str) -> Subscriber:
        return Subscriber(type="mqtt", brokers=address, topic=topic, consistency=at_least_once)

    with (
        subscriber("garden") as stills,
        subscriber("garden.clip") as shown,
        subscriber("garden.event") as told,
        Program.camera(tmp_path, settings) as camera,
    ):
        wait_until(lambda: len(parts(shown.messages)) >= 3, "parts of a clip")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        count = camera.counts()["delivered"]
        wait_until(lambda: len(numbers(stills, shown, told)) >= count, f"{count} messages")
        assert numbers(stills, shown, told) == list(range(count))
    (clip,) = complete(shown.messages)
    assert len(play(clip.read())[0]) == totals(clip).frames
    assert events(told.messages, "motion-end")[0]["clips"] == [clip.clip]


@pytest.fixture
def rtsp_url() -> Iterator[str]:
    need_rtsp_server()
    with rtsp_server() as running:
        yield running.url("h264")


def test_a_network_cameras_own_h264_is_passed_on(
    kafka: KafkaNode, topics: Topics, rtsp_url: str, tmp_path: Path
) -> None:
    """A ball that never stops: clip after clip of one event, each from a keyframe on, until the stop."""
    topic = topics.make()
    settings = {
        "CAMERA": "rtsp",
        "CAMERA_URL": rtsp_url,
        "CAMERA_ID": "cam",
        "SCHEDULE": "every minute",
        "MOTION": "on",
        "MOTION_SENSITIVITY": "1",
        "CLIP_MAX": "2",
        "SS_BROKERS": kafka.bootstrap,
        "SS_TOPIC": topic,
    }
    with (
        Subscriber(brokers=kafka.bootstrap, topic=f"{topic}.clip") as shown,
        Program.camera(tmp_path, settings) as camera,
    ):
        wait_until(lambda: any(part.clip.endswith(".3") for part in parts(shown.messages)), "three clips")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        wait_until(lambda: any(p.totals and p.totals.end == "stop" for p in parts(shown.messages)), "the end")
    made = complete(shown.messages)
    assert len({clip.identity.event for clip in made}) == 1
    assert [totals(clip).end for clip in made] == ["max"] * (len(made) - 1) + ["stop"]
    for clip in made:
        assert len(play(clip.read())[0]) == totals(clip).frames
    for clip in made[:-1]:
        assert totals(clip).frames == 25 * round(totals(clip).duration_s), "25 a second, none lost"
