"""A real RTSP server's stream: keyframes waited for, stills from H.264 and JPEG, failures in sentences."""

from __future__ import annotations

import io
import itertools
import signal
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from ss_camera.clock import Clock, RealClock
from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.rtsp_video import RtspSource
from tests.camera.clocks import HurriedClock
from tests.camera.network import RtspServer, need_rtsp_server, rtsp_server
from tests.camera.taking import closes_in_time, take

SECRET = "pass-word"


@pytest.fixture(scope="module")
def server() -> Iterator[RtspServer]:
    need_rtsp_server()
    with rtsp_server() as running:
        yield running


def open_rtsp(url: str, clock: Clock | None = None, **settings: object) -> RtspSource:
    camera = CameraSettings("c", kind="rtsp", url=url, **settings)  # type: ignore[arg-type]
    return RtspSource(camera, clock or RealClock(), lambda text: None)


@pytest.mark.parametrize("path", ["h264", "jpeg"])
def test_stills_are_whole_new_pictures(server: RtspServer, path: str) -> None:
    """Each was taken after its call, shows the ball on black, and differs from the one before."""
    clock = RealClock()
    source = open_rtsp(server.url(path), clock)
    seen = []
    for _ in range(8):
        asked_us = clock.wall_us()
        still = source.still()
        assert still.captured_us >= asked_us
        picture = Image.open(io.BytesIO(still.data)).convert("L")
        assert picture.size == (still.width, still.height) == (320, 240)
        seen.append(np.asarray(picture))
    source.close()
    for picture_now in seen:
        assert (picture_now > 200).sum() > 50, "the ball"
        assert (picture_now < 40).mean() > 0.9, "the rest is black: no gray of a missing keyframe"
    assert all((abs(a.astype(int) - b) > 100).any() for a, b in itertools.pairwise(seen))


def test_a_still_after_a_pause_is_of_now(server: RtspServer) -> None:
    """What came while nobody asked is not given out later."""
    clock = RealClock()
    source = open_rtsp(server.url("h264"), clock)
    source.still()
    clock.wait(threading.Event(), 1.5)
    asked_us = clock.wall_us()
    assert source.still().captured_us >= asked_us
    source.close()


def test_another_size_is_exact(server: RtspServer) -> None:
    """PICAMERA_RESOLUTION is the size of the still."""
    source = open_rtsp(server.url("h264"), width=160, height=90)
    still = source.still()
    source.close()
    assert Image.open(io.BytesIO(still.data)).size == (160, 90)


def test_user_and_password_of_the_url_are_used_and_not_shown(
    server: RtspServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the right ones the stream opens; nothing that people read has them."""
    source = open_rtsp(server.url("locked", f"cam:{SECRET}@"))
    assert source.still().width == 320
    source.close()
    assert SECRET not in source.description
    with pytest.raises(CameraError, match="refuses the user and password") as caught:
        open_rtsp(server.url("locked", f"cam:x{SECRET}@"))
    assert SECRET not in repr(caught.value)
    assert SECRET not in "".join(capfd.readouterr())


def test_a_path_that_is_not_there_is_said(server: RtspServer) -> None:
    """The server is right, the stream is not."""
    with pytest.raises(CameraNotFound, match="does not know the path"):
        open_rtsp(server.url("nothing"))


def test_a_camera_that_freezes_is_a_timeout() -> None:
    """The connection stays open and nothing comes; `close` returns in time all the same."""
    need_rtsp_server()
    with rtsp_server() as own:
        clock = HurriedClock()
        source = open_rtsp(own.url("h264"), clock)
        source.still()
        own.process.send_signal(signal.SIGSTOP)
        clock.hurry(20)
        with pytest.raises(CameraTimeout, match="no frame for 10 s from rtsp://"):
            take(source, 1000)
        assert closes_in_time(source)


def test_a_camera_that_goes_away_is_a_failure() -> None:
    """The flow opens it again with back-off."""
    need_rtsp_server()
    with rtsp_server() as own:
        source = open_rtsp(own.url("h264"))
        source.still()
        own.process.kill()
        with pytest.raises(CameraError, match="rtsp://"):
            take(source, 1000)
        source.close()
