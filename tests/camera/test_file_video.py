"""A recording is played at its own rate, once or again and again, each picture in its moment."""

from __future__ import annotations

import gc
import io
import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout, EndOfVideo
from ss_camera.media import Still
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.file_video import FileSource
from tests.camera.clocks import HurriedClock, SteppedClock
from tests.camera.taking import closes_in_time, take
from tests.camera.videos import FRAMERATE, FRAMES, make_video, number_in, numbered_jpeg

FRAME_S = 1 / FRAMERATE
B_FRAMES = {"bf": "3", "b_strategy": "0"}
# how videos come: B-frames (decoded in another order than shown), no times at all, MJPEG, pictures
FORMS: dict[str, Callable[[Path], Path]] = {
    "mp4 with B-frames": lambda folder: make_video(folder / "v.mp4", options={"bf": "2"}),
    "mp4": lambda folder: make_video(folder / "v.mp4", options={"bf": "0"}),
    "mpegts": lambda folder: make_video(folder / "v.ts", options={"bf": "2"}),
    "mkv": lambda folder: make_video(folder / "v.mkv", "mpeg4"),
    "mkv with B-frames": lambda folder: make_video(folder / "v.mkv", options=B_FRAMES),
    "avi with B-frames": lambda folder: make_video(folder / "v.avi", options=B_FRAMES),
    "mjpeg avi": lambda folder: make_video(folder / "v.avi", "mjpeg"),
}


@pytest.fixture(params=FORMS)
def video(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return FORMS[request.param](tmp_path)


def open_file(path: Path, clock: Clock, **settings: object) -> FileSource:
    camera = CameraSettings("c", kind="file", url=str(path), **settings)  # type: ignore[arg-type]
    return FileSource(camera, clock, lambda text: None)


def stills_to_the_end(source: FileSource) -> list[Still]:
    stills = []
    try:
        while True:
            stills.append(source.still())
    except EndOfVideo:
        return stills
    finally:
        source.close()


@pytest.mark.parametrize("framerate", [None, float(FRAMERATE)])
def test_every_picture_comes_once_in_its_moment(video: Path, framerate: float | None) -> None:
    """Asked without a pause: all of them, in the order shown, one frame time apart; then the end."""
    stills = stills_to_the_end(open_file(video, SteppedClock(), framerate=framerate))
    assert [number_in(still.data) for still in stills] == list(range(FRAMES))
    times_s = [(still.captured_us - stills[0].captured_us) / 1e6 for still in stills]
    assert times_s == pytest.approx([number * FRAME_S for number in range(FRAMES)], abs=2e-3)
    assert {(still.width, still.height) for still in stills} == {(160, 120)}


def test_it_begins_with_the_first_still(video: Path) -> None:
    """A first still that is due long after the opening shows the first picture."""
    clock = SteppedClock()
    source = open_file(video, clock, framerate=1.0)
    clock.sleep(3600.0)
    assert number_in(source.still().data) == 0
    source.close()


@pytest.mark.parametrize("framerate", [None, 1.0])
def test_asked_seldom_it_gives_the_picture_of_the_moment(video: Path, framerate: float | None) -> None:
    """The pictures between are passed over, at the video's own rate."""
    clock = SteppedClock()
    source = open_file(video, clock, framerate=framerate)
    numbers = []
    for _ in range(2):
        numbers.append(number_in(source.still().data))
        clock.sleep(1.0)
    source.close()
    assert numbers[0] == 0
    assert numbers[1] - FRAMERATE in (0, 1)  # the very moment, give or take a rounding


def test_a_caller_that_is_a_little_late_loses_no_picture(video: Path) -> None:
    """The machine may stall for half a second when every picture of a file is asked for."""
    clock = SteppedClock()
    source = open_file(video, clock)
    numbers = [number_in(source.still().data)]
    clock.sleep(0.5)
    numbers += [number_in(still.data) for still in stills_to_the_end(source)]
    assert numbers == list(range(FRAMES))


def test_looped_it_goes_on_without_a_gap(video: Path) -> None:
    """After the last picture comes the first, one frame time later, again and again."""
    source = open_file(video, SteppedClock(), loop=True)
    stills = [source.still() for _ in range(2 * FRAMES + 5)]
    source.close()
    assert [number_in(still.data) for still in stills] == [*range(FRAMES), *range(FRAMES), *range(5)]
    gap_s = (stills[FRAMES].captured_us - stills[FRAMES - 1].captured_us) / 1e6
    assert gap_s == pytest.approx(FRAME_S, abs=2e-3)


def test_a_raw_stream_without_times_is_played_frame_by_frame(tmp_path: Path) -> None:
    """A camera's raw H.264 dump knows no rate: FFmpeg's guess of 25 a second is taken."""
    video = make_video(tmp_path / "v.h264", options={"bf": "0"})
    stills = stills_to_the_end(open_file(video, SteppedClock()))
    assert [number_in(still.data) for still in stills] == list(range(FRAMES))


def test_a_raw_stream_with_b_frames_loses_no_picture(tmp_path: Path) -> None:
    """No packet has a time, and they come in another order than the pictures."""
    video = make_video(tmp_path / "v.h264", options=B_FRAMES)
    stills = stills_to_the_end(open_file(video, SteppedClock()))
    assert [number_in(still.data) for still in stills] == list(range(FRAMES))


def test_a_picture_file_is_a_video_of_one_frame(tmp_path: Path) -> None:
    """JPEG as it is, PNG encoded; a name that looks like a pattern or a protocol is a name."""
    jpeg = numbered_jpeg(77)
    for name in ("one.jpg", "img%03d.jpg", "tcp:x.jpg"):
        (tmp_path / name).write_bytes(jpeg)
        stills = stills_to_the_end(open_file(tmp_path / name, SteppedClock()))
        assert [still.data for still in stills] == [jpeg]
    Image.open(io.BytesIO(jpeg)).save(tmp_path / "one.png")
    stills = stills_to_the_end(open_file(tmp_path / "one.png", SteppedClock()))
    assert [number_in(still.data) for still in stills] == [77]


def test_another_size_is_exact_and_said(video: Path) -> None:
    """PICAMERA_RESOLUTION is the size of the still, whatever the video has; the whole picture is in it."""
    said: list[str] = []
    camera = CameraSettings("c", kind="file", url=str(video), width=97, height=51)
    source = FileSource(camera, SteppedClock(), said.append)
    still = source.still()
    source.close()
    assert Image.open(io.BytesIO(still.data)).size == (still.width, still.height) == (97, 51)
    assert said == [
        f"{video} gives 160x120, scaled to the 97x51 asked for, which changes the picture's shape"
    ]


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (None, CameraNotFound, "is not there"),
        (b"", CameraError, "can be read as video|ended"),
        (b"no video at all, but some text\n" * 100, CameraError, "can be read as video|holds no video"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(
    tmp_path: Path, content: bytes | None, error: type[CameraError], sentence: str
) -> None:
    """It names the file; a person sees no FFmpeg error number."""
    path = tmp_path / "v.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=sentence) as caught:
        open_file(path, HurriedClock())
    assert str(path) in str(caught.value)
    assert "Errno" not in str(caught.value)


def test_a_video_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    """Damage costs the pictures it hits: those before are whole, and the end comes."""
    video = make_video(tmp_path / "v.ts", options={"bf": "0"})
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    numbers = [number_in(still.data) for still in stills_to_the_end(open_file(video, SteppedClock()))]
    assert numbers[:5] == list(range(5))
    assert len(numbers) < FRAMES


def test_a_reader_that_hangs_is_a_timeout_and_is_left_behind(tmp_path: Path) -> None:
    """A read that never returns (a driver, a dead network share): `still` and `close` return all the same."""
    video = make_video(tmp_path / "v.ts", options={"bf": "0"}, frames=200)
    pipe = tmp_path / "hangs.ts"
    os.mkfifo(pipe)
    clock = HurriedClock()
    half = video.read_bytes()[: video.stat().st_size // 2]
    writer_may_end = threading.Event()

    def write() -> None:
        with pipe.open("wb", buffering=0) as out:
            out.write(half)
            writer_may_end.wait(60)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    source = open_file(pipe, clock)
    clock.hurry(50)
    with pytest.raises(CameraTimeout, match="no frame for 10 s from"):
        take(source, 200)
    in_time = closes_in_time(source)
    writer_may_end.set()
    writer.join(10)
    assert in_time


def test_an_opening_that_hangs_is_a_timeout(tmp_path: Path) -> None:
    """Opening a pipe that nobody writes to blocks in the kernel for ever."""
    pipe = tmp_path / "hangs.ts"
    os.mkfifo(pipe)
    clock = HurriedClock()
    clock.hurry(50)
    with pytest.raises(CameraTimeout, match="could not be opened within 10 s"):
        open_file(pipe, clock)
    os.close(os.open(pipe, os.O_WRONLY))  # lets the thread that was left behind end


def test_a_closed_source_is_freed_at_once(tmp_path: Path) -> None:
    """Decoders hold megabytes that Python's garbage collector does not see: it is not waited for.

    With sources in reference cycles, a network camera that was opened again and again took half a
    megabyte more each time.
    """
    gc.collect()
    gc.disable()
    try:
        for name, codec in (("v.mp4", "libx264"), ("v.avi", "mjpeg")):
            source = open_file(make_video(tmp_path / name, codec, frames=2), SteppedClock())
            take(source, 2)
            with pytest.raises(EndOfVideo):
                source.still()
            source.close()
            freed = weakref.ref(source)
            del source
            assert freed() is None
    finally:
        gc.enable()


def test_the_name_of_a_file_that_is_an_address_hides_its_password() -> None:
    """A slip of the finger in a scheme makes the path of a file of it."""
    camera = CameraSettings(camera_id="cam", kind="file", url="rtsp//user:geheim@h/x")
    with pytest.raises(CameraNotFound) as error:
        FileSource(camera, SteppedClock(), [].append).still()
    assert str(error.value) == "<redacted>@h/x is not there"


def test_a_title_in_any_encoding_is_no_obstacle(tmp_path: Path) -> None:
    """Old cameras and players write Shift JIS."""
    path = make_video(tmp_path / "v.avi", "mjpeg", frames=5, metadata={"title": "ABCD"})
    path.write_bytes(path.read_bytes().replace(b"ABCD", "\u65e5\u672c".encode("shift_jis")))
    assert len(stills_to_the_end(open_file(path, SteppedClock()))) == 5


def test_video_that_no_decoder_knows_is_a_sentence(tmp_path: Path) -> None:
    """With the file's name; the program goes on trying, as the file may be replaced."""
    path = make_video(tmp_path / "v.avi", "mjpeg", frames=5)
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"ZZZZ"))
    with pytest.raises(CameraError, match=r"v\.avi holds video of a kind that FFmpeg cannot decode"):
        open_file(path, SteppedClock())
