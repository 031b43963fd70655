"""Cameras that are absent, in use, frozen, stuck, out of memory: each a sentence, in time, and got over."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.settings.model import VideoSettings
from ss_camera.sources.libcamera_camera import TIMEOUT_S
from tests.camera.taking import closes_in_time, take
from tests.camera.watching import watch
from tests.libcamera.virtual import driver
from tests.libcamera.virtual.conftest import Open
from tests.program import wait_until

CHILD = """
from tests.libcamera.virtual import driver
driver.install()
from ss_camera.clock import RealClock
from ss_camera.errors import CameraError
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.libcamera_camera import Picamera2Source
try:
    Picamera2Source(CameraSettings("cam", kind="picamera2"), RealClock(), print)
except CameraError as error:
    print(error)
"""


def open_files() -> int:
    gc.collect()  # each of the driver's maps has a file of its own
    return len(os.listdir("/proc/self/fd"))


def test_two_cameras_run_side_by_side(open_camera: Open) -> None:
    """CAMERA_NUM tells them apart."""
    garden = open_camera(num=0, video=VideoSettings())
    bars = open_camera(num=1, video=VideoSettings(), width=640, height=480)
    watched = [watch(source, 30) for source in (garden, bars)]
    assert garden.still().data != bars.still().data
    assert all(each.enough.wait(30.0) for each in watched)
    assert "camera 0 (Garden)" in garden.description
    assert "camera 1 (Bars)" in bars.description


def test_a_number_that_no_camera_has_is_told_with_those_that_there_are(open_camera: Open) -> None:
    """So that CAMERA=auto may go on."""
    with pytest.raises(CameraNotFound, match=r"no camera 7: CAMERA_NUM can be 0 \(Garden\), 1 \(Bars\)"):
        open_camera(num=7)


def test_a_camera_in_use_is_said_to_be(open_camera: Open) -> None:
    """And leaves nothing open, however often it is tried."""
    open_camera()
    with pytest.raises(CameraError, match=r"camera 0 \(Garden\) is in use by"):
        open_camera()
    before = open_files()
    for _ in range(20):
        with pytest.raises(CameraError, match="in use"):
            open_camera()
    assert open_files() <= before


def test_it_is_opened_and_closed_again_and_again(open_camera: Open) -> None:
    """With video each time; nothing stays open."""
    for count in range(12):
        source = open_camera(video=VideoSettings())
        watched = watch(source, 2)
        take(source, 1)
        assert watched.enough.wait(30.0)
        source.close()
        if count == 1:
            before = open_files()
    assert open_files() <= before


def test_a_camera_whose_encoder_does_not_start_is_let_go(open_camera: Open) -> None:
    """Neither does it stop then: a second opening has the camera all the same."""
    source = open_camera(video=VideoSettings())
    assert source._device is not None
    source._device.hardware = True  # there is no /dev/video11
    with pytest.raises(CameraError, match="is not there any more"):
        watch(source, 1)
    source.close()
    assert open_camera().still().width == 640


def test_a_frozen_camera_is_noticed_closed_and_opened_again(open_camera: Open) -> None:
    """By the still that is waited for and by `check`; the closing takes no longer than it may."""
    source = open_camera(video=VideoSettings())
    watched = watch(source, 5)
    assert watched.enough.wait(30.0)
    driver.frozen.set()
    with pytest.raises(CameraTimeout, match="hangs: a frame gave nothing in time; is its cable in"):
        source.still()

    def has_failed() -> bool:
        source.check()
        return False

    with pytest.raises(CameraTimeout, match=f"no frame for {TIMEOUT_S:.0f} s"):
        wait_until(has_failed, "the time-out")
    assert closes_in_time(source)
    driver.frozen.clear()
    assert open_camera().still().width == 640


def test_a_camera_that_hangs_as_it_is_closed_is_left_behind(
    open_camera: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """Which the log says; who opens it next is told, and all is well once the driver returns."""
    source = open_camera(num=1)
    source.still()
    driver.stuck.set()
    assert closes_in_time(source)
    assert "hangs while it is closed, and is left behind" in caplog.text
    with pytest.raises(CameraError, match="an earlier opening of this one that hangs"):
        open_camera(num=1)
    driver.stuck.clear()

    def opens() -> bool:
        try:
            open_camera(num=1)
        except CameraError:
            return False
        return True

    wait_until(opens, "the camera to be free again")


def test_too_little_contiguous_memory_is_a_sentence_with_three_ways_out() -> None:
    """The buffers of a large sensor do not fit into what a Pi sets aside."""
    ran = subprocess.run(
        [sys.executable, "-c", CHILD],
        env={**os.environ, "SS_DMA_BYTES": "600000"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "too little contiguous memory (CMA)" in ran.stdout, ran.stdout + ran.stderr
    assert "PICAMERA2_BUFFER_COUNT=2" in ran.stdout
    assert "cma-512" in ran.stdout
