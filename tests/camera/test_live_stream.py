"""Video of network cameras: RTSP passed on as it is, MJPEG encoded, stills beside it, and failures found."""

from __future__ import annotations

import itertools
import signal
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ss_camera.errors import CameraError, CameraTimeout
from ss_camera.h264 import nal_units, video_format
from ss_camera.settings.model import CameraSettings, VideoSettings
from ss_camera.sources.http_video import HttpSource
from ss_camera.sources.rtsp_video import RtspSource
from tests.camera.clocks import AgreeingClock, HurriedClock
from tests.camera.network import HttpCamera, http_camera, need_rtsp_server, rtsp_server
from tests.camera.taking import closes_in_time
from tests.camera.test_http_video import multipart
from tests.camera.videos import make_video, number_in, numbered_jpeg
from tests.camera.watching import Watched, decode, numbers, watch

WAIT_S = 20.0


def test_rtsp_h264_is_passed_on() -> None:
    """The server's own pictures, at its times, complete from the first keyframe; stills beside them."""
    need_rtsp_server()
    with rtsp_server() as server:
        said: list[str] = []
        camera = CameraSettings("c", kind="rtsp", url=server.url("h264"))
        source = RtspSource(camera, HurriedClock(), said.append)
        watched = watch(source, until=60)
        assert source.still().width == 320
        assert watched.enough.wait(WAIT_S)
        source.check()
        source.close()
    assert "the camera's own H.264" in said[-1]
    assert source.video_size == (320, 240)
    # the server's encoder begins with a delimiter and is of the baseline profile: ours would be neither
    for key in watched.keys:
        units = list(nal_units(watched.packets[key].data))
        assert [unit[0] & 31 for unit in units[:3]] == [9, 7, 8]
        assert units[1][1] == 66
    assert watched.keys[0] == 0
    assert len(watched.keys) > 1
    steps = [b - a for a, b in itertools.pairwise(watched.times_us)]
    assert steps == pytest.approx([40_000] * len(steps), abs=1000)
    assert len(decode(watched.packets)) == len(watched.packets)
    assert all(is_whole(packet.data) for packet in watched.packets)
    assert {sample.luma.shape for sample in watched.samples if sample.luma is not None} == {(240, 320)}
    assert {sample.pts_us for sample in watched.samples} <= set(watched.times_us)


def is_whole(data: bytes) -> bool:
    """Whether the slices begin with the first macroblock (`1` in its first bit), and no other does."""
    slices = [unit for unit in nal_units(data) if unit[0] & 31 in (1, 5)]
    return [bool(unit[1] & 0x80) for unit in slices] == [True] + [False] * (len(slices) - 1)


def test_http_mjpeg_becomes_h264() -> None:
    """Every picture in order at the time of its arrival, while stills are passed on as they are."""
    with http_camera(multipart(lambda n: numbered_jpeg(n % 256))) as server:
        camera = CameraSettings("c", kind="http", url=server.url(), video=VideoSettings(gop_s=0.5))
        source = HttpSource(camera, AgreeingClock(), lambda text: None)
        watched = watch(source, until=40)
        still = source.still()
        assert watched.enough.wait(WAIT_S)
        source.close()
    assert still.data == numbered_jpeg(number_in(still.data))
    shown = numbers(watched)
    assert shown == [(shown[0] + number) % 256 for number in range(len(shown))]
    wall = [packet.captured_us - watched.packets[0].captured_us for packet in watched.packets]
    assert [us - watched.times_us[0] for us in watched.times_us] == pytest.approx(wall, abs=50)
    assert watched.keys[0] == 0
    assert video_format(watched.packets[0].data) is not None
    # the frame that fills the GOP's time is a keyframe, however late the machine lets it come
    gops = [watched.times_us[key:following] for key, following in itertools.pairwise(watched.keys)]
    assert gops
    assert all(times[-1] - times[0] < 500_000 for times in gops)


def test_a_keyframe_can_be_asked_of_what_we_encode() -> None:
    """A clip that waits for one need not wait a GOP."""
    with http_camera(multipart(lambda n: numbered_jpeg(n % 256))) as server:
        camera = CameraSettings("c", kind="http", url=server.url(), video=VideoSettings(gop_s=60))
        source = HttpSource(camera, HurriedClock(), lambda text: None)
        watched = watch(source, until=10)
        assert watched.enough.wait(WAIT_S)
        source.request_key()
        seen = len(watched.packets)
        while len(watched.keys) < 2 and len(watched.packets) < seen + 20:
            source.still()
        source.close()
    assert len(watched.keys) == 2
    assert watched.keys[1] >= 10


def test_a_camera_that_freezes_is_found_without_a_still() -> None:
    """`check` says what a still would have said."""
    need_rtsp_server()
    with rtsp_server() as server:
        clock = HurriedClock()
        source = RtspSource(
            CameraSettings("c", kind="rtsp", url=server.url("h264")), clock, lambda text: None
        )
        watched = watch(source, until=5)
        assert watched.enough.wait(WAIT_S)
        server.process.send_signal(signal.SIGSTOP)
        clock.hurry(50)
        with pytest.raises(CameraTimeout, match="no frame for 10 s from rtsp://"):
            check_for(source, clock)
        assert closes_in_time(source)


def test_a_camera_that_goes_away_is_found_without_a_still() -> None:
    """All that came before was handed out."""
    watching = threading.Event()

    def picture(number: int) -> bytes:
        if number == 40:  # the earlier ones are enough to open it by
            watching.wait(WAIT_S)
        return numbered_jpeg(number)

    with http_camera(multipart(picture, count=50)) as server:
        clock = HurriedClock()
        source = HttpSource(CameraSettings("c", kind="http", url=server.url()), clock, lambda text: None)
        watched = watch(source)
        watching.set()
        with pytest.raises(CameraError):
            check_for(source, clock)
        source.close()
    assert numbers(watched)[-10:] == list(range(40, 50))


def test_the_last_pictures_before_the_end_are_handed_out(tmp_path: Path) -> None:
    """A decoder holds pictures back that are shown later; a connection that ends takes none along."""
    options = {"live": "1"}  # else its header gives a length, and it is played as a recording
    video = make_video(tmp_path / "v.mkv", frames=100, container_options=options).read_bytes()
    watching = threading.Event()

    def answer(request: BaseHTTPRequestHandler, camera: HttpCamera) -> None:
        request.send_response(200)  # without a length it is a live stream
        request.end_headers()
        most = len(video) * 3 // 4  # enough to open it by
        request.wfile.write(video[:most])
        watching.wait(WAIT_S)
        request.wfile.write(video[most:])

    with http_camera(answer) as server:
        clock = HurriedClock()
        source = HttpSource(CameraSettings("c", kind="http", url=server.url()), clock, lambda text: None)
        watched = watch(source)
        watching.set()
        with pytest.raises(CameraError):
            check_for(source, clock)
        source.close()
    assert numbers(watched)[-1] == 99


def check_for(source: RtspSource | HttpSource, clock: HurriedClock) -> None:
    """Look after the source until it fails, or the time is up."""
    event, deadline_s = Watched().enough, clock.monotonic_s() + 100
    while clock.monotonic_s() < deadline_s:
        source.check()
        clock.wait(event, 0.5)
