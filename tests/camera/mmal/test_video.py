"""Video of the real picamera: packets, keyframes, vectors, and stills meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from ss_camera.errors import CameraError
from ss_camera.h264 import nal_units, video_format
from ss_camera.sources.legacy_recording import fitted
from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.opening import VIDEO, corners, opened, picture
from tests.camera.watching import decode, watch
from tests.program import wait_until

pytestmark = pytest.mark.usefixtures("firmware")
UPRIGHT = ["red", "green", "blue", "white"]
ENOUGH_S = 20.0
_SPS, _PPS, _IDR = 7, 8, 5


def test_every_frame_is_one_packet_that_decodes() -> None:
    """From a keyframe on, parameter sets in front of each, a GOP as long as asked, times as they were."""
    with opened(VIDEO | {"CLIP_GOP": "0.5"}) as source:
        watched = watch(source, 40)
        assert watched.enough.wait(ENOUGH_S)
        source.stop_video()
        count = len(watched.packets)
    assert watched.keys == list(range(0, count, 15))
    for key in watched.keys:
        kinds = [unit[0] & 31 for unit in nal_units(watched.packets[key].data)]
        assert kinds[:2] == [_SPS, _PPS]
        assert kinds[-1] == _IDR
    frames = decode(watched.packets)
    assert len(frames) == count
    assert {(frame.width, frame.height) for frame in frames} == {(640, 480)} == {source_size(watched)}
    assert corners(frames[-1].to_image()) == UPRIGHT
    steps = np.diff(watched.times_us)
    assert watched.times_us[0] == 0
    assert (steps > 0).all()
    # by the sensor's clock: whatever the machine does, so many frames take so long or longer
    assert watched.times_us[-1] >= (count - 1) * 1e6 / 30 * 0.9


def source_size(watched: object) -> tuple[int, int]:
    """What the parameter sets say of the picture."""
    video = video_format(watched.packets[0].data)  # type: ignore[attr-defined]
    assert video is not None
    return video.width, video.height


@pytest.mark.parametrize(
    ("profile", "level", "codec"),
    [("baseline", "3.1", "avc1.42"), ("main", "4", "avc1.4D"), ("high", "4.1", "avc1.64")],
)
def test_profile_and_level_are_the_users(profile: str, level: str, codec: str) -> None:
    """`CLIP_PROFILE` and `CLIP_LEVEL` reach the encoder: they stand in the parameter sets."""
    with opened(VIDEO | {"CLIP_PROFILE": profile, "CLIP_LEVEL": level}) as source:
        watched = watch(source, 1, motion=False)
        assert watched.enough.wait(ENOUGH_S)
    video = video_format(watched.packets[0].data)
    assert video is not None
    assert video.codec.upper().startswith(codec.upper())
    assert int(video.codec[-2:], 16) == round(float(level) * 10)


def test_vectors_come_with_each_frame(firmware: Firmware) -> None:
    """In picamera's form and the frame's time; long where something moves, none in a scene that stands."""
    firmware.moving = False
    with opened(VIDEO) as source:
        watched = watch(source, 20)
        assert watched.enough.wait(ENOUGH_S)
        still_until = len(watched.samples)
        firmware.moving = True
        moving = watch(source, 15)
        assert moving.enough.wait(ENOUGH_S)
        source.stop_video()
    assert [sample.pts_us for sample in watched.samples[:19]] == watched.times_us[:19]
    assert {sample.luma for sample in watched.samples} == {None}
    shapes = {sample.vectors.shape for sample in watched.samples if sample.vectors is not None}
    assert shapes == {(30, 41)}
    assert max(_longest(sample) for sample in watched.samples[5:still_until]) < 4
    assert max(_longest(sample) for sample in moving.samples[1:]) > 20


def _longest(sample: object) -> float:
    vectors = sample.vectors  # type: ignore[attr-defined]
    return float(np.hypot(vectors["x"].astype(int), vectors["y"].astype(int)).max())


def test_stills_are_taken_while_video_runs() -> None:
    """On another port of the splitter; no frame of the video is missing or broken for it."""
    with opened(VIDEO) as source:
        watched = watch(source, 30)
        stills = [source.still() for _ in range(5)]
        assert watched.enough.wait(ENOUGH_S)
        source.check()
        source.stop_video()
    assert {picture(still).size for still in stills} == {(640, 480)}
    assert len(decode(watched.packets)) == len(watched.packets)
    assert len(watched.samples) in (len(watched.packets), len(watched.packets) - 1)


@pytest.mark.parametrize("port", ["0", "1"])
def test_the_users_splitter_port_is_kept_free_for_stills(port: str) -> None:
    """`CAPTURE_SPLITTER_PORT` is the stills'; video takes another."""
    with opened(VIDEO | {"CAPTURE_SPLITTER_PORT": port}) as source:
        watched = watch(source, 5)
        assert picture(source.still()).size == (640, 480)
        assert watched.enough.wait(ENOUGH_S)


def test_a_keyframe_comes_when_asked_for() -> None:
    """Long before the GOP ends."""
    with opened(VIDEO | {"CLIP_GOP": "10"}) as source:
        watched = watch(source, 10)
        assert watched.enough.wait(ENOUGH_S)
        source.request_key()
        wait_until(lambda: len(watched.keys) == 2, "the keyframe")
    assert watched.keys[0] == 0
    assert 10 <= watched.keys[1] < 200, "of the 300 frames of a GOP"


def test_nothing_comes_after_the_stop() -> None:
    """`stop_video` returns when the last packet was handed out; then video can begin anew."""
    with opened(VIDEO) as source:
        first = watch(source, 5)
        assert first.enough.wait(ENOUGH_S)
        source.stop_video()
        count = len(first.packets)
        second = watch(source, 10)
        assert second.enough.wait(ENOUGH_S)
        assert len(first.packets) == count
    assert second.keys[0] == 0
    assert second.times_us[0] == 0


def test_video_of_a_camera_on_its_side_is_upright() -> None:
    """The firmware turns the sensor's picture: no player has to."""
    with opened(VIDEO | {"PICAMERA_ROTATION": "270"}) as source:
        watched = watch(source, 20)
        assert watched.enough.wait(ENOUGH_S)
        assert source.video_size == (480, 640)
    assert {packet.turn for packet in watched.packets} == {0}
    assert corners(decode(watched.packets)[-1].to_image()) == ["green", "white", "red", "blue"]
    assert watched.samples[0].vectors is not None
    assert watched.samples[0].vectors.shape == (40, 31)


def test_a_picture_too_large_for_the_encoder_is_made_smaller_in_the_video() -> None:
    """Stills keep their size; the encoder of every board ends at 1080p."""
    with opened(VIDEO | {"PICAMERA_RESOLUTION": "2592x1944", "PICAMERA_FRAMERATE": "5"}) as source:
        watched = watch(source, 2)
        assert watched.enough.wait(ENOUGH_S)
        assert source.video_size == source_size(watched) == (1440, 1080)
        still = source.still()
    assert (still.width, still.height) == (2592, 1944)


@pytest.mark.parametrize(
    ("size", "video"),
    [
        ((640, 480), (640, 480)),
        ((1920, 1080), (1920, 1080)),
        ((3280, 2464), (1438, 1080)),
        ((1944, 2592), (1080, 1440)),
    ],
)
def test_the_size_of_the_video_keeps_the_pictures_shape(
    size: tuple[int, int], video: tuple[int, int]
) -> None:
    """Even, and within 1920x1080 either way round."""
    assert fitted(*size) == video


def test_what_the_level_does_not_allow_is_told() -> None:
    """picamera's own check, in a sentence that names the settings."""
    asked = {"PICAMERA_RESOLUTION": "FHD", "PICAMERA_FRAMERATE": "90"}
    with opened(VIDEO | asked) as source, pytest.raises(CameraError, match=r"CLIP_LEVEL.* H.264 level 5"):
        watch(source)


def test_a_range_of_rates_is_told_where_video_cannot_have_it() -> None:
    """picamera 1.13 cannot record with one."""
    asked = {key: value for key, value in VIDEO.items() if key != "PICAMERA_FRAMERATE"}
    with opened(asked | {"PICAMERA_FRAMERATE_RANGE": "(5,30)"}) as source:
        source.still()
        with pytest.raises(CameraError, match="PICAMERA_FRAMERATE_RANGE"):
            watch(source)
