"""Device nodes that this user may not open: what each kind of camera says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ss_camera.errors import CameraError, CameraNotFound
from ss_camera.sources.legacy_errors import check_rights
from ss_camera.sources.libcamera_errors import no_camera, told
from ss_camera.sources.v4l2_devices import Device
from ss_camera.sources.v4l2_video import numbered

GROUP = "add the user to the group video"


def may_not(path: Path, mode: int) -> bool:
    """As the kernel answers a user of no group; root may open everything."""
    return False


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    for name in ("video0", "media0", "vchiq"):
        (tmp_path / name).touch()
    return tmp_path


def test_a_usb_camera_that_may_not_be_opened_is_told(dev: Path) -> None:
    """Nobody is told to plug in what is plugged in; of cameras that may be opened nothing of it is said."""
    with pytest.raises(CameraError, match=f"video0 may not be opened by this user: {GROUP}"):
        numbered(0, [], dev, may_not)
    with pytest.raises(CameraNotFound, match="plug in a USB camera"):
        numbered(0, [], dev, os.access)
    camera = Device("/dev/video2", "uvcvideo", "Webcam", 0)
    assert numbered(0, [camera], dev, may_not) is camera


def test_libcamera_finds_nothing_that_it_may_not_open(dev: Path) -> None:
    """The cable is not what is wrong."""
    assert GROUP in str(no_camera(dev, may_not))
    assert "cable" not in str(no_camera(dev, may_not))
    assert "cable" in str(no_camera(dev, os.access))


def test_a_refused_device_of_libcamera_is_named() -> None:
    """As picamera2 opens the heap of its buffers."""
    with pytest.raises(CameraError, match=f"/dev/dma_heap/linux,cma may not be .*{GROUP}"), told("it", "x"):
        raise PermissionError(errno.EACCES, "Permission denied", "/dev/dma_heap/linux,cma")


def test_the_gpu_is_asked_before_its_library_ends_the_program(dev: Path) -> None:
    """Where it is not there, nothing is said: the import decides."""
    with pytest.raises(CameraNotFound, match=f"vchiq may not be .*{GROUP}"):
        check_rights(dev / "vchiq", may_not)
    check_rights(dev / "vchiq", os.access)
    check_rights(dev / "other", may_not)
