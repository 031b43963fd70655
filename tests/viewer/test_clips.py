"""Clips and motions as they come to a viewer: listed while they come, bounded, whatever is sent."""

from __future__ import annotations

import json
import logging
import random
from pathlib import Path
from typing import Any

import pytest

from ss_camera.clock import FakeClock
from tests.clips.real_video import encode, play
from tests.pictures import TAKEN_US
from tests.viewer.sender import Camera
from tests.viewer.taking import receive, take, video_of
from tests.viewer.test_cameras import damaged
from viewer.archive import Archive
from viewer.cameras import MAX_CAMERAS, OTHERS, Cameras, Received
from viewer.clips import Clips
from viewer.motions import SILENT_S, Motions


def test_a_clip_is_listed_while_it_comes(clock: FakeClock, cameras: Cameras, camera: Camera) -> None:
    """With what is known of it; what has come can be read; at its end it is complete, byte by byte."""
    clips, parts = Clips(clock), camera.clip(encode(60))
    take(clips, cameras, parts[:3])
    (arriving,) = clips.newest()
    assert (arriving["camera"], arriving["state"], arriving["codec"]) == ("gate", "arriving", "avc1.42C00C")
    so_far = video_of(clips, 1)
    take(clips, cameras, parts[3:])
    (done,) = clips.newest()
    assert (done["state"], done["problem"], done["duration_s"], done["preroll_s"]) == (
        "complete",
        None,
        2.0,
        1.0,
    )
    assert video_of(clips, 1).startswith(so_far)
    assert len(play(video_of(clips, 1))[0]) == 40


def test_a_clip_that_was_joined_on_the_way_is_not_played(
    clock: FakeClock, cameras: Cameras, camera: Camera
) -> None:
    """While it comes there is nothing that a player could begin with, unless its first part comes late."""
    clips, parts = Clips(clock), camera.clip(encode(60))
    take(clips, cameras, parts[1:3])
    (arriving,) = clips.newest()
    assert (arriving["state"], arriving["playable"], arriving["bytes"]) == ("arriving", False, 0)
    version = clips.version
    take(clips, cameras, parts[:1])
    (arriving,) = clips.newest()
    assert (arriving["state"], arriving["playable"]) == ("arriving", True)
    assert clips.version > version


def test_an_outage_in_the_middle_of_a_clip_costs_no_part(
    clock: FakeClock, cameras: Cameras, camera: Camera
) -> None:
    """The camera keeps what comes behind it for minutes, and the clip is waited for."""
    clips, parts = Clips(clock), camera.clip(encode(60))
    take(clips, cameras, parts[:3])
    clock.advance(300.0)
    clips.tick()
    take(clips, cameras, parts[3:])
    assert [each["state"] for each in clips.newest()] == ["complete"]


def test_clips_in_memory_are_bounded(clock: FakeClock, cameras: Cameras, camera: Camera) -> None:
    """The oldest finished one makes room for the next; one that is larger than all of it is given up."""
    packets = encode(60, noise=True)
    size = sum(len(part) for part in camera.clip(packets))
    clips = Clips(clock, max_bytes=int(2.5 * size))
    for _ in range(5):
        take(clips, cameras, camera.clip(packets))
    assert [each["id"] for each in clips.newest()] == [5, 4]
    small = Clips(clock, max_bytes=size // 2)
    take(small, cameras, camera.clip(packets))
    (cut,) = small.newest()
    assert cut["state"] == "incomplete"
    assert "bytes of open clips" in str(cut["problem"])


def test_a_clip_without_an_end_costs_no_memory_on_disk(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """Its parts go to the file as they come; open clips hold no file descriptor."""
    clips = Clips(clock, Archive(tmp_path), max_bytes=100_000)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for index in range(40):
        sender = Camera(f"camera-{index}", None, clock)
        take(clips, cameras, sender.clip(encode(60, noise=True))[:-1])
    states = {each["state"] for each in clips.newest()}
    assert states <= {"arriving", "incomplete"}
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 30


def test_a_thousand_damaged_messages_hide_no_good_clip(
    clock: FakeClock, cameras: Cameras, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Wounds in boxes and JSON of parts and events: nothing is raised, and a good clip is saved."""
    caplog.set_level(logging.CRITICAL)
    chaos = random.Random(5)
    clips, motions, archive = Clips(clock, Archive(tmp_path / "a")), Motions(clock), Archive(tmp_path / "b")
    victim = Camera("victim", "v", clock)
    good = [
        *victim.clip(encode(60)),
        victim.event("motion-start", score=3),
        victim.event("motion-end", clips=[]),
    ]
    for index in range(1000):
        whole = chaos.choice(good)
        wounded = damaged(whole, chaos) if index % 2 else _wounded_at_its_end(whole, chaos)
        found = cameras.receive(wounded, "topic", TAKEN_US)
        if isinstance(found, Received):
            motions.take(found)
            if found.incoming.part:
                clips.take(found)
            elif found.incoming.fields:
                archive.save_event(found)
        clips.newest(), motions.now()
    take(clips, cameras, Camera("good", "g", clock).clip(encode(60)))
    states = {str(each["camera"]): each["state"] for each in clips.newest()}
    assert states["good"] == "complete"


def _wounded_at_its_end(payload: bytes, chaos: random.Random) -> bytes:
    """Wounds in the JSON that stay within its box: other digits and letters."""
    wounded = bytearray(payload)
    for _ in range(chaos.randint(1, 3)):
        wounded[-chaos.randint(1, min(500, len(wounded)))] = chaos.choice(b'0123456789abcdef"{}[],:-.')
    return bytes(wounded)


def test_a_motion_is_now_from_its_start_to_its_end(
    clock: FakeClock, cameras: Cameras, camera: Camera
) -> None:
    """Or until nothing was heard of it for some seconds; one that a broker kept since long is none of now."""
    motions = Motions(clock)

    def tell(kind: str, event: str, **fields: Any) -> None:
        found = receive(cameras, camera.event(kind, event, **fields))
        assert found is not None
        motions.take(found)

    tell("motion-start", "e1", score=7)
    clock.advance(1.5)
    assert motions.now() == {"gate": {"since_s": 1.5, "score": 7}}
    tell("motion-update", "e1", score=9)
    tell("motion-end", "another")
    assert motions.now()["gate"]["score"] == 9
    tell("motion-end", "e1")
    assert motions.now() == {}
    tell("motion-start", "e2")
    clock.advance(SILENT_S + 0.1)
    assert motions.now() == {}
    tell("motion-start", "e3", captured_us=TAKEN_US - 60_000_000)
    assert motions.now() == {}


def test_a_motion_is_marked_where_its_camera_is_shown(clock: FakeClock, cameras: Cameras) -> None:
    """Beyond `MAX_CAMERAS` that is the place which they share; their clips and files have their own names."""
    motions = Motions(clock)
    for number in range(MAX_CAMERAS + 1):
        found = receive(cameras, Camera(f"camera-{number}", "b", clock).event("motion-start", "e", score=7))
        assert found is not None
        assert found.camera == f"camera-{number}"
        motions.take(found)
    assert set(motions.now()) == {f"camera-{number}" for number in range(MAX_CAMERAS)} | {OTHERS}


@pytest.mark.parametrize("thumbnail", [7, "???", "", "aGVsbG8=", "A" * 100_000, {"a": 1}])
def test_a_thumbnail_that_is_no_small_jpeg_is_left_out(
    clock: FakeClock, cameras: Cameras, camera: Camera, thumbnail: object
) -> None:
    """The motion counts all the same."""
    motions = Motions(clock)
    payload = camera.event("motion-start", score=1, thumbnail="T").replace(
        b'"T"', json.dumps(thumbnail).encode()
    )
    found = cameras.receive(payload, "topic", TAKEN_US)
    if isinstance(found, Received):  # above 64 KiB it is no message
        motions.take(found)
        assert motions.now()
    assert not motions._thumbnails
