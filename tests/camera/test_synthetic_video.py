"""Video of the drawn camera: every frame at its time, keyframes, and motion exactly as in the script."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ss_camera.errors import CameraError
from ss_camera.h264 import video_format
from ss_camera.media import Packet
from ss_camera.motion import Detector
from ss_camera.settings.model import CameraSettings, MotionSettings, SyntheticSettings, VideoSettings
from ss_camera.sources.synthetic import SyntheticSource
from tests.camera.clocks import SteppedClock
from tests.camera.test_synthetic import read_line
from tests.camera.watching import Watched, decode, watch

WALL_US = 1_700_000_000_000_000


def open_synthetic(clock: SteppedClock, **settings: object) -> SyntheticSource:
    camera = CameraSettings("garden", kind="synthetic", **settings)  # type: ignore[arg-type]
    return SyntheticSource(camera, clock, lambda text: None)


def luma_of(frame: object) -> NDArray[np.uint8]:
    gray: NDArray[np.uint8] = frame.reformat(format="gray").to_ndarray()  # type: ignore[attr-defined]
    return gray


def test_every_frame_is_a_packet_with_its_own_time() -> None:
    """Counted, timed, and with the number that is drawn into it: nothing missing, nothing doubled."""
    clock = SteppedClock()
    source = open_synthetic(clock, framerate=30.0, width=320, height=240)
    watched = watch(source)
    clock.sleep(2.99)
    source.close()
    assert watched.times_us == [round(number / 30 * 1e6) for number in range(90)]
    assert [packet.captured_us - WALL_US for packet in watched.packets] == pytest.approx(
        watched.times_us, abs=2
    )
    assert watched.keys == [0, 30, 60]
    frames = decode(watched.packets)
    assert [(frame.width, frame.height) for frame in frames] == [source.video_size] * 90
    assert [int(read_line(luma_of(frame), 1, 8)) for frame in frames] == list(range(90))
    assert len(watched.threads) == 1


def test_a_keyframe_comes_when_it_is_asked_for() -> None:
    """And the next GOP is counted from it."""
    clock = SteppedClock()
    source = open_synthetic(clock, framerate=10.0, width=160, height=120, video=VideoSettings(gop_s=2.0))
    watched = watch(source)
    clock.sleep(0.65)
    source.request_key()
    clock.sleep(4.0)
    source.close()
    assert watched.keys == [0, 7, 27]


def test_stills_are_taken_while_video_runs() -> None:
    """Neither disturbs the other: both show every frame's number."""
    clock = SteppedClock()
    source = open_synthetic(clock, framerate=10.0, width=320, height=240)
    watched = watch(source)
    numbers = [
        int(read_line(np.asarray(Image.open(io.BytesIO(source.still().data)).convert("L")), 1, 8))
        for _ in range(20)
    ]
    clock.sleep(0.05)
    source.close()
    assert numbers == list(range(20))
    assert [int(read_line(luma_of(frame), 1, 8)) for frame in decode(watched.packets)] == numbers


def test_nothing_comes_after_the_stop_and_video_can_begin_anew() -> None:
    """Times go on from the opening, and the first packet is a keyframe again."""
    clock = SteppedClock()
    source = open_synthetic(clock, framerate=10.0, width=160, height=120)
    watched = watch(source)
    clock.sleep(0.45)
    source.stop_video()
    clock.sleep(1.0)
    assert len(watched.packets) == 5
    again = watch(source, motion=False)
    clock.sleep(0.3)
    source.close()
    assert again.times_us == [1_500_000, 1_600_000, 1_700_000]
    assert again.keys == [0]
    assert again.samples == []


def test_a_machine_too_slow_skips_frames_and_keeps_their_times() -> None:
    """What is shown is of its own moment, whenever it was made."""
    clock = SteppedClock()
    source = open_synthetic(clock, framerate=10.0, width=160, height=120)
    watched = Watched()

    def slow(packet: Packet) -> None:
        watched.packet(packet)
        clock.sleep(0.25)

    source.start_video(slow)
    clock.sleep(1.01)
    source.close()
    assert watched.times_us == [0, 200_000, 500_000, 700_000, 1_000_000]
    shown_us = [packet.captured_us - WALL_US for packet in watched.packets]
    assert shown_us == pytest.approx(watched.times_us, abs=2)


@pytest.mark.parametrize(("profile", "idc"), [("baseline", 66), ("main", 77), ("high", 100)])
def test_profile_and_level_are_those_of_the_settings(profile: str, idc: int) -> None:
    """A player is told what was asked for."""
    clock = SteppedClock()
    source = open_synthetic(clock, width=160, height=120, video=VideoSettings(profile=profile, level="3.1"))
    watched = watch(source)
    clock.sleep(0.01)
    source.close()
    video = video_format(watched.packets[0].data)
    assert video is not None
    assert (video.profile, video.sps[0][3]) == (idc, 31)


def test_the_colours_of_the_video_are_those_of_the_still() -> None:
    """Range and matrix are said in the stream, and no player shows it paler than the still."""
    clock = SteppedClock()
    source = open_synthetic(clock, width=1280, height=720, video=VideoSettings(bitrate=20_000_000))
    watched = watch(source)
    still = source.still()
    clock.sleep(0.01)
    source.close()
    shown = decode(watched.packets)[0].to_ndarray(format="rgb24").astype(int)[200:]
    taken = np.asarray(Image.open(io.BytesIO(still.data)).convert("RGB")).astype(int)[200:]
    assert np.abs(shown.mean((0, 1)) - taken.mean((0, 1))).max() < 2
    assert np.abs(shown - taken).mean() < 6


@pytest.mark.parametrize("size", [(641, 479), (17, 33), (1920, 1080)])
def test_any_size_is_encoded(size: tuple[int, int]) -> None:
    """H.264 has even sizes: the last odd row and column are left out."""
    clock = SteppedClock()
    source = open_synthetic(clock, width=size[0], height=size[1], framerate=5.0)
    watched = watch(source)
    clock.sleep(0.3)
    source.close()
    assert source.video_size == (size[0] // 2 * 2, size[1] // 2 * 2)
    assert [(frame.width, frame.height) for frame in decode(watched.packets)] == [source.video_size] * 2
    for sample in watched.samples:
        assert sample.luma is not None
        assert sample.luma.shape[1] <= 330


def test_a_picture_too_small_for_video_is_a_sentence() -> None:
    """Less than a macroblock is no video."""
    with pytest.raises(CameraError, match="16x16 or more"):
        open_synthetic(SteppedClock(), width=8, height=8).start_video(lambda packet: None)


def test_what_libx264_refuses_is_raised_by_check_and_still() -> None:
    """The video's thread has no other way to say so."""
    clock = SteppedClock()
    source = open_synthetic(clock, video=VideoSettings(level="99"))
    source.start_video(lambda packet: None)
    clock.sleep(0.1)
    with pytest.raises(CameraError, match="libx264"):
        source.check()
    with pytest.raises(CameraError, match="libx264"):
        source.still()
    source.close()


SCRIPT = ((3.0, 2.5), (9.0, 1.0))


@pytest.mark.parametrize(
    ("size", "place", "picture"),
    [
        (0.3, (0.5, 0.6), (640, 480)),
        (0.2, (0.1, 0.9), (1280, 720)),
        (0.5, (1.0, 0.0), (320, 240)),
        (0.15, (0.7, 0.35), (640, 480)),
    ],
)
@pytest.mark.parametrize("framerate", [10.0, 30.0])
def test_the_detector_sees_the_script_and_nothing_else(
    size: float, place: tuple[float, float], picture: tuple[int, int], framerate: float
) -> None:
    """What moves is seen in each sample of the script, and no macroblock moves in any other."""
    clock = SteppedClock()
    script = SyntheticSettings(motion=SCRIPT, size=size, place=place)
    width, height = picture
    source = open_synthetic(clock, framerate=framerate, width=width, height=height, synthetic=script)
    watched = watch(source)
    clock.sleep(13.0)
    source.close()
    detector = Detector(MotionSettings(frames=1), *source.video_size)
    times = [sample.pts_us for sample in watched.samples]
    assert max(b - a for a, b in itertools.pairwise(times)) <= 100_001
    for sample in watched.samples:
        second = sample.pts_us / 1e6
        scripted = any(start <= second + 1e-6 < start + length for start, length in SCRIPT)
        motion = detector.feed(sample)
        assert motion.moving == scripted, f"{second} s: {motion}"
        assert scripted or motion.blocks == 0, f"{second} s: {motion}"
