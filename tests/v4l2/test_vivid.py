"""A real V4L2 driver, the kernel's `vivid`: stills, sizes, rates, video, another program, a pulled plug."""

from __future__ import annotations

import contextlib
import io
import itertools
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image

from ss_camera.clock import RealClock
from ss_camera.errors import CameraError, CameraNotFound
from ss_camera.media import Still
from ss_camera.settings.model import CameraSettings, Origin, Property, VideoSettings
from ss_camera.sources.table import open_source
from ss_camera.sources.v4l2_video import V4l2Source, cameras
from tests.camera.taking import closes_in_time, take
from tests.camera.watching import decode, watch

NODE = "/dev/video0"
DRIVER = Path("/sys/bus/platform/drivers/vivid")
SMALL = {"width": 320, "height": 180}

HOLD = """
import sys, av
with av.open("/dev/video0", format="v4l2", options={"video_size": "320x180"}) as camera:
    next(camera.demux(video=0))
    print("streaming", flush=True)
    sys.stdin.read()
"""


def settings(**more: object) -> CameraSettings:
    return CameraSettings("c", **{"kind": "v4l2", "framerate": 10.0, **SMALL, **more})  # type: ignore[arg-type]


@contextlib.contextmanager
def opened(said: list[str] | None = None, **more: object) -> Iterator[V4l2Source]:
    source = V4l2Source(settings(**more), RealClock(), [].append if said is None else said.append)
    try:
        yield source
    finally:
        assert closes_in_time(source)


def turned(degrees: int) -> MappingProxyType[str, Property]:
    name = "PICAMERA_ROTATION"
    return MappingProxyType({name: Property(name, degrees, Origin(name, ".env:1"))})


def pixels(still: Still) -> np.ndarray:
    image = Image.open(io.BytesIO(still.data))
    assert image.size == (still.width, still.height)
    return np.asarray(image).astype(int)


def test_it_is_found_and_named() -> None:
    """By its number, by its path, and by `auto`, which says what it tried before."""
    (camera,) = cameras([].append)
    assert (camera.path, camera.driver, camera.card) == (NODE, "vivid", "vivid")
    said: list[str] = []
    source = open_source(settings(kind="auto"), RealClock(), said.append)
    source.close()
    assert source.description == "/dev/video0 (vivid): rawvideo 320x180 at 10 frames/s"
    with opened(url=NODE) as named:
        assert named.description == source.description
    with pytest.raises(CameraNotFound, match=r"CAMERA_NUM=3 is not there; the cameras are 0: /dev/video0"):
        V4l2Source(settings(num=3), RealClock(), [].append)
    with pytest.raises(CameraNotFound, match="/dev/video7 is not there: is the camera plugged in"):
        V4l2Source(settings(url="/dev/video7"), RealClock(), [].append)


def test_stills_show_the_colour_bars() -> None:
    """White, yellow, .. black from the left: the driver's YUYV through our colours, each after its call."""
    clock = RealClock()
    with opened(width=640, height=480) as source:
        asked_us = clock.wall_us()
        stills = take(source, 3)
    assert stills[0].captured_us >= asked_us
    assert all(a.captured_us < b.captured_us for a, b in itertools.pairwise(stills))
    shown = pixels(stills[0])
    assert shown.shape == (480, 640, 3)
    bars = [shown[400:470, round((at + 0.5) * 80)].reshape(-1, 3).mean(axis=0) for at in range(8)]
    assert bars[0].min() > 150 > 60 > bars[7].max()
    assert bars[1][2] < 90 < bars[1][0], "yellow"
    assert bars[6][2] > 90 > bars[6][0], "blue"


def test_a_size_that_the_driver_lacks() -> None:
    """The nearest that holds it is opened and scaled; the log says both."""
    said: list[str] = []
    with opened(said, width=600, height=400) as source:
        still = source.still()
    assert (still.width, still.height) == (600, 400)
    assert any("offers no 600x400; the nearest is 640x360" in line or "640x480" in line for line in said), (
        said
    )
    assert any("scaled to the 600x400 asked for" in line for line in said), said


@pytest.mark.parametrize("framerate", [5.0, 10.0])
def test_the_rate_is_the_one_asked_for(framerate: float) -> None:
    """By the times that the driver gives its frames."""
    with opened(framerate=framerate) as source:
        watched = watch(source, until=12, motion=False)
        assert watched.enough.wait(60)
    steps_us = [b - a for a, b in itertools.pairwise(watched.times_us)]
    assert statistics.median(steps_us) == pytest.approx(1e6 / framerate, rel=0.2)


@pytest.mark.parametrize("degrees", [0, 90])
def test_video_and_samples_beside_stills(degrees: int) -> None:
    """Raw frames are encoded here; a turned camera's are turned in all three."""
    size = (180, 320) if degrees else (320, 180)
    with opened(properties=turned(degrees), video=VideoSettings(gop_s=1.0)) as source:
        watched = watch(source, until=25)
        stills = take(source, 2)
        assert watched.enough.wait(120)
        source.stop_video()
        given = len(watched.packets)
        source.still()
        assert len(watched.packets) == given
        assert source.video_size == size
    assert {(still.width, still.height) for still in stills} == {size}
    frames = decode(watched.packets)
    assert {(frame.width, frame.height) for frame in frames} == {size}
    assert watched.keys[0] == 0
    assert len(watched.keys) >= 2
    lumas = [sample.luma for sample in watched.samples if sample.luma is not None]
    assert {luma.shape for luma in lumas} == {size[::-1]}
    shown = frames[-1].to_ndarray(format="rgb24").astype(int)
    assert np.abs(shown - pixels(stills[0])).mean() < 12, "video and stills have the same colours"


def test_another_program_has_the_camera() -> None:
    """The sentence says who; it works again when that one has let go."""
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"streaming\n"
        with (
            pytest.raises(CameraError, match=rf"\(vivid\) is in use by python\S* \(pid {other.pid}\)"),
            opened() as source,
        ):
            source.still()
        other.stdin.close()
        assert other.wait(60) == 0
    with opened() as source:
        assert source.still().width == 320


def test_a_pulled_plug() -> None:
    """A sentence, and no picture, from stills and video; the camera is found when it is back."""
    with opened(video=VideoSettings()) as source:
        watched = watch(source, until=3)
        assert watched.enough.wait(60)
        (DRIVER / "unbind").write_text("vivid.0")
        with pytest.raises(CameraError, match=r"/dev/video0 \(vivid\)") as caught:
            take(source, 10_000)
        assert "no frame" not in str(caught.value), "noticed at once, not by a time-out"
        with pytest.raises(CameraError):
            source.check()
    with pytest.raises(CameraNotFound, match="no /dev/video\\* is a camera"):
        V4l2Source(settings(), RealClock(), [].append)
    (DRIVER / "bind").write_text("vivid.0")
    with opened() as source:
        assert source.still().width == 320
