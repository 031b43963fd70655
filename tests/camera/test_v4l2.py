"""Which node is a camera, and which of its modes is opened, by what drivers were seen to list."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

import av
import pytest

from ss_camera.clock import RealClock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.opening import Opening, explain
from ss_camera.sources.v4l2_devices import Mode, Span, device, modes, nodes, query
from ss_camera.sources.v4l2_modes import choose
from ss_camera.sources.v4l2_video import V4l2Source
from tests.camera.recorded_driver import (
    PI_CODEC,
    PI_SENSOR,
    WEBCAM,
    WEBCAM_METADATA,
    Range,
    RecordedDriver,
)


def test_a_webcams_picture_node_is_a_camera() -> None:
    """Driver and name are read from the kernel's answer."""
    found = device("/dev/video0", WEBCAM.ioctl)
    assert (found.driver, found.card) == ("uvcvideo", "HD Webcam: HD Webcam")
    assert found.unusable() is None


@pytest.mark.parametrize(
    ("driver", "why"),
    [
        (WEBCAM_METADATA, "captures no video"),  # the whole device captures: its own node does not
        (PI_CODEC, "codec"),
        (PI_SENSOR, "picamera2"),
        (RecordedDriver("x", "output only", 0x04000002, {}), "captures no video"),
        (RecordedDriver("x", "overlay only", 0x00000001, {}), "cannot be read from"),
    ],
)
def test_nodes_without_pictures_for_us_are_passed_over(driver: RecordedDriver, why: str) -> None:
    """A webcam's second node, and the inner nodes of a Raspberry Pi, are no cameras."""
    assert why in (device("/dev/video1", driver.ioctl).unusable() or "")


def test_all_modes_are_read() -> None:
    """Formats times sizes, each with its rates."""
    found = list(modes(WEBCAM.ioctl))
    assert len(found) == 6
    assert found[0] == Mode("MJPG", Span(1280, 1280), Span(720, 720), ((30.0, 30.0), (15.0, 15.0)))
    assert found[-1] == Mode("YUYV", Span(1280, 1280), Span(720, 720), ((5.0, 5.0),))


def test_a_driver_without_a_list_of_sizes_is_read_too() -> None:
    """It answers ENOTTY; its size is left to itself."""
    found = list(modes(RecordedDriver("x", "grabber", 0x05000001, {"UYVY": None}).ioctl))
    assert found == [Mode("UYVY")]
    choice = choose(found, 640, 480, 30.0)
    assert choice is not None
    assert choice.options() == {"input_format": "uyvy422"}


def test_a_range_of_sizes_is_read() -> None:
    """Stepwise sizes and rates, as vivid and some cameras have them."""
    sizes = Range((32, 1920, 4), (32, 1080, 2))
    found = list(modes(RecordedDriver("x", "any size", 0x05000001, {"YUYV": sizes}).ioctl))
    assert found == [Mode("YUYV", Span(32, 1920, 4), Span(32, 1080, 2), ((5.0, 30.0),))]
    choice = choose(found, 641, 480, 12.5)
    assert choice is not None
    assert (choice.width, choice.height, choice.framerate) == (640, 480, 12.5)
    assert "640x480" in choice.remarks[0]


@pytest.mark.parametrize(
    ("asked", "options", "remark"),
    [
        ((None, None, None), {"input_format": "mjpeg", "video_size": "640x480"}, None),
        ((320, 240, None), {"input_format": "mjpeg", "video_size": "320x240"}, None),
        (
            (1280, 720, 30.0),
            {"input_format": "mjpeg", "video_size": "1280x720", "framerate": "30"},
            None,
        ),
        # the lowest rate that reaches what is asked
        ((640, 480, 10.0), {"input_format": "mjpeg", "video_size": "640x480", "framerate": "15"}, None),
        # the smallest that holds it, scaled down
        ((800, 600, None), {"input_format": "mjpeg", "video_size": "1280x720"}, "nearest is 1280x720"),
        # nothing holds it: the largest
        ((3840, 2160, None), {"input_format": "mjpeg", "video_size": "1280x720"}, "nearest is 1280x720"),
        (
            (640, 480, 60.0),
            {"input_format": "mjpeg", "video_size": "640x480", "framerate": "30"},
            "no more than 30 of the 60",
        ),
    ],
)
def test_the_nearest_mode_of_a_webcam_is_chosen(
    asked: tuple[int | None, int | None, float | None], options: dict[str, str], remark: str | None
) -> None:
    """JPEG first; a size or a rate that is not offered is said."""
    choice = choose(modes(WEBCAM.ioctl), *asked)
    assert choice is not None
    assert choice.options() == options
    assert remark in choice.remarks[0] if remark else not choice.remarks


def test_a_raw_format_is_chosen_where_jpeg_lacks_the_size() -> None:
    """The very size goes before the format: nothing needs scaling."""
    offered = [Mode("MJPG", Span(1280, 1280), Span(720, 720)), Mode("YUYV", Span(640, 640), Span(480, 480))]
    choice = choose(offered, 640, 480, None)
    assert choice is not None
    assert choice.input_format == "yuyv422"


def test_formats_that_cannot_be_read_are_left_out() -> None:
    """Raw Bayer data is no picture."""
    assert choose([Mode("pBAA"), Mode("RG10")], 640, 480, None) is None
    assert choose([], 640, 480, None) is None


def test_nodes_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """video10 is behind video9; other names are no nodes."""
    for name in ("video10", "video9", "video0", "videodev", "v4l-subdev0"):
        (tmp_path / name).touch()
    assert [Path(node).name for node in nodes(tmp_path)] == ["video0", "video9", "video10"]


def test_a_node_that_is_not_there_is_named() -> None:
    """The sentence says which, and what to look at."""
    camera = CameraSettings("c", kind="v4l2", url="/dev/video97")
    with pytest.raises(CameraNotFound, match="/dev/video97 is not there: is the camera plugged in"):
        V4l2Source(camera, RealClock(), lambda text: None)


def test_a_node_that_is_in_use_names_its_user(tmp_path: Path) -> None:
    """A file stands for the node: whoever has it open is found by the kernel's own list."""
    node = tmp_path / "video0"
    node.touch()
    link = tmp_path / "by-id"
    link.symlink_to(node)
    opening = Opening(str(link), "the camera")
    busy = av.error.FFmpegError(errno.EBUSY, "Device or resource busy")
    assert str(explain(busy, opening, 0.1)) == "the camera is in use by another program: stop that program"
    with node.open("w") as held, subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=held) as other:
        assert str(explain(busy, opening, 0.1)) == (
            f"the camera is in use by cat (pid {other.pid}): stop that program"
        )


def test_what_is_no_video_node_is_refused_by_the_kernel() -> None:
    """The real call, on a real device of another kind: an OSError, as a node that is gone gives."""
    with pytest.raises(OSError, match="ioctl"):
        query("/dev/null")
