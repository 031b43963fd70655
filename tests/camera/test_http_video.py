"""Cameras behind HTTP: multipart MJPEG passed on as it is, other video, and all that goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ss_camera.clock import Clock, RealClock
from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout, EndOfVideo
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.http_video import HttpSource
from ss_camera.sources.huffman_tables import with_huffman_tables
from ss_camera.sources.rtsp_video import RtspSource
from tests.camera.clocks import HurriedClock, SteppedClock
from tests.camera.network import HttpCamera, black_hole, http_camera
from tests.camera.taking import closes_in_time, take
from tests.camera.videos import FRAMES, SIZE, make_video, number_in, numbered_jpeg, without_tables
from tests.program import wait_until

SECRET = "s3cret-word"
PERIOD_S = 0.02


def open_http(url: str, clock: Clock | None = None, **settings: object) -> HttpSource:
    camera = CameraSettings("c", kind="http", url=url, **settings)  # type: ignore[arg-type]
    return HttpSource(camera, clock or RealClock(), lambda text: None)


def multipart(
    frames: Callable[[int], bytes | None], *, with_length: bool = True, count: int = 100_000
) -> Callable[[BaseHTTPRequestHandler, HttpCamera], None]:
    """An MJPEG stream as IP cameras and mjpg-streamer send it; None hangs until the server stops."""

    def answer(request: BaseHTTPRequestHandler, camera: HttpCamera) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame-limit")
        request.end_headers()
        for number in range(count):
            frame = frames(number)
            if frame is None:
                camera.stop.wait(60)
            if frame is None or camera.stop.wait(PERIOD_S):
                return
            head = "--frame-limit\r\nContent-Type: image/jpeg\r\n"
            if with_length:
                head += f"Content-Length: {len(frame)}\r\n"
            request.wfile.write(head.encode() + b"\r\n" + frame + b"\r\n")

    return answer


@pytest.mark.parametrize("with_length", [True, False])
def test_mjpeg_is_passed_on_byte_for_byte(with_length: bool) -> None:
    """The camera's own JPEG, not one of ours; each still is newer than the one before."""
    sent: list[bytes] = []

    def frame(number: int) -> bytes:
        sent.append(numbered_jpeg(number % 256) + b"%d" % number)  # what stands behind its end is kept too
        return sent[-1]

    with http_camera(multipart(frame, with_length=with_length)) as camera:
        source = open_http(camera.url())
        stills = take(source, 5)
        source.close()
    numbers = [sent.index(still.data) for still in stills]
    assert numbers == sorted(set(numbers))
    assert {(still.width, still.height) for still in stills} == {SIZE}
    assert "passed on as it is" in source.description


def test_a_frame_that_comes_as_late_as_the_time_out_is_the_last() -> None:
    """FFmpeg hands out the frame it still held when it gives up to wait; to wait anew takes as long again."""
    clock, hurries = HurriedClock(), threading.Event()

    def frame(number: int) -> bytes | None:
        if not hurries.is_set():
            return numbered_jpeg(number % 256)
        if late:
            return None
        late.append(number)
        threading.Event().wait(0.4)
        return numbered_jpeg(number % 256)

    def goes_on() -> bool:
        source.check()
        return False

    late: list[int] = []
    with http_camera(multipart(frame)) as camera:
        source = open_http(camera.url(), clock)
        source.still()
        clock.hurry(50)
        hurries.set()
        with pytest.raises(CameraTimeout, match="no frame for 10 s"):
            wait_until(goes_on, "the reader's end", 5.0)
        assert closes_in_time(source)


def test_a_still_is_taken_after_the_call() -> None:
    """A caller that was away gets the picture of now, and not those it missed."""
    with http_camera(multipart(lambda n: numbered_jpeg(n % 256))) as camera:
        clock = RealClock()
        source = open_http(camera.url(), clock)
        for _ in range(3):
            clock.wait(threading.Event(), 5 * PERIOD_S)
            asked_us = clock.wall_us()
            assert source.still().captured_us >= asked_us
        source.close()


def test_frames_without_huffman_tables_become_plain_jpegs() -> None:
    """As from a USB camera behind a streaming program: pixels kept, tables added."""
    with http_camera(multipart(lambda n: without_tables(numbered_jpeg(n % 256)))) as camera:
        source = open_http(camera.url())
        still = source.still()
        source.close()
    number = number_in(still.data)
    assert b"\xff\xc4" in still.data
    assert still.data == with_huffman_tables(without_tables(numbered_jpeg(number)))


def test_another_size_is_encoded_anew() -> None:
    """Only then: asked for in the camera's own size, its JPEG stays."""
    with http_camera(multipart(lambda n: numbered_jpeg(99))) as camera:
        small = open_http(camera.url(), width=80, height=60)
        still = small.still()
        small.close()
        same = open_http(camera.url(), width=SIZE[0], height=SIZE[1])
        assert same.still().data == numbered_jpeg(99)
        same.close()
    assert (still.width, still.height) == (80, 60)
    assert number_in(still.data) == 99


@pytest.mark.parametrize("size", [None, (80, 60)])
def test_a_truncated_frame_is_handed_on_as_it_came(size: tuple[int, int] | None) -> None:
    """It is never mended into a whole JPEG that is half gray: the flow sees the damage and drops it."""
    broken = numbered_jpeg(99)[:-200]
    with http_camera(multipart(lambda n: broken if n > 2 else numbered_jpeg(99))) as camera:
        source = open_http(camera.url(), width=size and size[0], height=size and size[1])
        last = take(source, 6)[-1].data
        source.close()
    assert last == broken


def test_a_video_of_known_length_is_played_at_its_own_rate(tmp_path: Path) -> None:
    """An MP4 on a server is a recording: every picture in its moment, and an end."""
    fast = {"movflags": "+faststart"}
    data = make_video(tmp_path / "v.mp4", options={"bf": "0"}, container_options=fast).read_bytes()

    def answer(request: BaseHTTPRequestHandler, camera: HttpCamera) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    with http_camera(answer) as camera:
        source = open_http(camera.url(), SteppedClock())
        stills = take(source, FRAMES)
        with pytest.raises(EndOfVideo, match="has ended"):
            source.still()
        source.close()
    assert [number_in(still.data) for still in stills] == list(range(FRAMES))


def test_a_live_stream_that_ends_is_a_failure_and_no_end() -> None:
    """The camera went away: the flow opens it again, where an end of a video ends the program."""
    with http_camera(multipart(lambda n: numbered_jpeg(n % 256), count=20)) as camera:
        source = open_http(camera.url())
        with pytest.raises(CameraError, match="broke off") as caught:
            take(source, 100)
        source.close()
    assert not isinstance(caught.value, EndOfVideo)


def test_a_stream_that_stops_is_a_timeout() -> None:
    """Three frames, then silence on an open connection; `close` returns in time all the same."""
    with http_camera(multipart(lambda n: numbered_jpeg(n) if n < 3 else None)) as camera:
        clock = HurriedClock()
        source = open_http(camera.url(), clock)
        clock.hurry(20)
        with pytest.raises(CameraTimeout, match=r"no frame for 10 s from http://127\.0\.0\.1"):
            take(source, 10)
        assert closes_in_time(source)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_never_answers_is_a_timeout(scheme: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A firewall that swallows packets, a camera that hangs: no wait without an end, no password shown."""
    with black_hole() as port:
        clock = HurriedClock()
        clock.hurry(20)
        url = f"{scheme}://cam:{SECRET}@127.0.0.1:{port}/x?key={SECRET}"
        make = HttpSource if scheme == "http" else RtspSource
        with pytest.raises(CameraTimeout, match=rf"{scheme}://<redacted>@127\.0\.0\.1:{port}/x") as caught:
            make(CameraSettings("c", kind=scheme, url=url), clock, print)
    assert SECRET not in str(caught.value)
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [(401, CameraError, "refuses the user and password"), (404, CameraNotFound, "does not know the path")],
)
def test_a_refusal_says_why_and_shows_no_secret(
    status: int, error: type[CameraError], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the message nor its cause, nor anything that FFmpeg prints."""
    with (
        http_camera(lambda request, camera: request.send_error(status)) as camera,
        pytest.raises(error, match=sentence) as caught,
    ):
        open_http(camera.url(user=f"cam:{SECRET}@"))
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert SECRET not in "".join(capfd.readouterr())


def test_nobody_at_the_port_is_said() -> None:
    """The most common mistake of all."""
    with black_hole() as port:
        pass
    with pytest.raises(CameraNotFound, match="refuses the connection"):
        open_http(f"http://127.0.0.1:{port}/video")
