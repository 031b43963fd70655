"""The thread that saves, on disks that are slow or hang: what it holds is bounded, and the feeds go on."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ss_camera.clock import RealClock
from tests.clips.real_video import encode
from tests.pictures import noise_jpeg
from tests.program import wait_until
from tests.viewer.sender import Camera
from tests.viewer.taking import files
from viewer.archive import ARRIVING, Archive
from viewer.cameras import Cameras, Received
from viewer.clips import Clips
from viewer.collector import MAX_WAITING_BYTES, Collector


def received(cameras: Cameras, payload: bytes) -> Received:
    found = cameras.receive(payload, "topic", 0)
    assert isinstance(found, Received)
    return found


def test_what_waits_is_written_before_the_end(tmp_path: Path) -> None:
    """`stop` returns when all that was taken is on disk, and an open clip is given up."""
    clock, camera, archive = RealClock(), Camera(), Archive(tmp_path)
    cameras, collector = Cameras(clock), Collector(Clips(clock, archive), clock, archive)
    collector.start()
    for payload in (*(camera.payload() for _ in range(50)), *camera.clip(encode(60))[:-1]):
        collector.take(received(cameras, payload))
    collector.stop()
    saved = files(tmp_path)
    assert len([name for name in saved if name.endswith(".jpg")]) == 50
    assert [name for name in saved if name.endswith(".incomplete.mp4")] != []


def test_a_disk_that_hangs_costs_what_is_saved_and_not_the_view(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A pipe that nobody reads stands where pictures are written: the queue stays within its bound, the feed
    waits once, and all that came is accounted for when the pipe is gone."""
    clock, camera, archive = RealClock(), Camera(), Archive(tmp_path)
    os.mkfifo(tmp_path / ARRIVING / "still")  # opening it for writing hangs, as a dead network disk does
    cameras, collector = Cameras(clock), Collector(Clips(clock, archive), clock, archive)
    collector.start()
    picture, count = noise_jpeg(2_000_000), 0
    done = threading.Event()

    def feed() -> None:
        nonlocal count
        for _ in range(100):
            collector.take(received(cameras, camera.payload(data=picture)))
            count += 1
        done.set()

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    assert done.wait(60.0)
    assert count == 100
    assert collector._bytes <= MAX_WAITING_BYTES
    assert caplog.text.count("the disk is slower than the broker") == 1
    reading = os.open(tmp_path / ARRIVING / "still", os.O_RDONLY | os.O_NONBLOCK)
    (tmp_path / ARRIVING / "still").unlink()
    wait_until(lambda: len(files(tmp_path)) > 20, "what waited to be written")
    wait_until(lambda: "the disk keeps up again" in caplog.text, "that to be said")
    collector.stop()
    os.close(reading)


def test_what_is_not_to_be_saved_is_not_kept() -> None:
    """Without a folder only parts of clips are taken; pictures cost nothing."""
    clock, camera = RealClock(), Camera()
    cameras, collector = Cameras(clock), Collector(Clips(clock), clock)
    for payload in (camera.payload(), camera.event("motion-start")):
        collector.take(received(cameras, payload))
    assert collector._bytes == 0
    collector.take(received(cameras, camera.clip(encode(60))[0]))
    assert collector._bytes > 0
