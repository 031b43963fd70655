"""Video of a real libcamera: packets that decode, true times, samples in which the post is seen to walk."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ss_camera.h264 import video_format
from ss_camera.media import MotionSample
from ss_camera.settings.model import VideoSettings
from tests.camera.watching import Watched, decode, watch
from tests.libcamera.virtual import driver, scenery
from tests.libcamera.virtual.conftest import Open
from tests.program import wait_until

SECONDS_S = 30.0


def enough(watched: Watched) -> Watched:
    """Once it has the packets that it waits for."""
    assert watched.enough.wait(SECONDS_S), f"{len(watched.packets)} packets in {SECONDS_S} s"
    return watched


def has_gops(watched: Watched, frames: int) -> bool:
    """Whether there is a keyframe each so many frames, or their time, in which a busy machine lost some."""
    gop_us, keys, at_us = frames / driver.FRAMERATE * 1e6, watched.keys, watched.times_us
    gops = list(pairwise(keys))
    return (
        keys[0] == 0
        and bool(gops)
        and all(at_us[later - 1] - at_us[key] < gop_us + 1000 for key, later in gops)
        and all(later - key == frames or at_us[later] - at_us[key] > gop_us - 1000 for key, later in gops)
        and all(later - key <= frames for key, later in gops)
    )


def test_every_frame_is_a_packet_and_stills_are_taken_meanwhile(open_camera: Open) -> None:
    """One a frame, keyframes by the GOP with SPS and PPS in front, times that grow; one thread."""
    source = open_camera(width=640, height=480, video=VideoSettings(bitrate=1_000_000))
    watched = watch(source, 100)
    stills = [source.still() for _ in range(10)]
    enough(watched)
    source.check()
    assert source.video_size == (640, 480)
    assert has_gops(watched, 20)
    assert all(video_format(watched.packets[key].data) for key in watched.keys)
    assert all(later > earlier for earlier, later in pairwise(watched.times_us))
    walls_us = [packet.captured_us for packet in watched.packets]
    assert max(abs(wall - walls_us[0] - pts) for wall, pts in zip(walls_us, watched.times_us)) < 100_000  # noqa: B905
    assert len(watched.threads) == 1
    frames = decode(watched.packets[:100])
    assert [(frame.width, frame.height) for frame in frames] == [(640, 480)] * 100
    colour = frames[-1].to_ndarray(format="rgb24")[20:40, 300:340].mean((0, 1))
    assert np.abs(colour - scenery.SKY).max() < 45
    taken_us = [still.captured_us for still in stills]
    assert taken_us == sorted(taken_us)
    assert taken_us[-1] - taken_us[0] > 200_000


@pytest.mark.parametrize(("profile", "idc"), [("baseline", 66), ("main", 77), ("high", 100)])
def test_profile_level_and_gop_are_those_of_the_settings(open_camera: Open, profile: str, idc: int) -> None:
    """A player is told what was asked for."""
    video = VideoSettings(profile=profile, level="3.1", gop_s=0.5)
    watched = enough(watch(open_camera(video=video), 25))
    found = video_format(watched.packets[0].data)
    assert found is not None
    assert (found.profile, found.sps[0][3]) == (idc, 31)
    assert has_gops(watched, 10)


def test_a_keyframe_comes_when_it_is_asked_for(open_camera: Open) -> None:
    """Between those of the GOP, which is a long one here."""
    source = open_camera(video=VideoSettings(gop_s=60.0))
    watched = enough(watch(source, 10))
    source.request_key()
    wait_until(lambda: len(watched.keys) == 2, "the keyframe")
    assert 10 <= watched.keys[1] < 1000, "of the 1,200 frames of a GOP"


def test_a_camera_that_tells_no_rates_is_encoded(open_camera: Open) -> None:
    """As USB cameras, which CAMERA=auto finds here first where picamera2 is installed."""
    source = open_camera(video=VideoSettings())
    assert source._device is not None
    del source._device.picam2.camera_ctrl_info["FrameDurationLimits"]
    assert enough(watch(source, 10)).keys[0] == 0
    assert "FrameDurationLimits" not in source._device.picam2.camera_controls


def test_the_video_is_turned_as_stills_are(open_camera: Open) -> None:
    """And the samples: a mask that was drawn over a still is right for them."""
    source = open_camera({"PICAMERA_ROTATION": 90}, width=640, height=480, video=VideoSettings())
    watched = enough(watch(source, 30))
    assert source.video_size == (480, 640)
    frame = decode(watched.packets)[0]
    assert (frame.width, frame.height) == (480, 640)
    assert {packet.turn for packet in watched.packets} == {0}
    sample = watched.samples[0].luma
    assert sample is not None
    assert sample.shape == (320, 240)


def differences(samples: list[MotionSample]) -> list[int]:
    """Pixels that changed, from sample to sample."""
    planes = [sample.luma.astype(int) for sample in samples if sample.luma is not None]
    return [int((np.abs(later - earlier) > 30).sum()) for earlier, later in pairwise(planes)]


@pytest.mark.parametrize("video", [VideoSettings(), None])
def test_samples_show_what_moves(open_camera: Open, video: VideoSettings | None) -> None:
    """At most 15 a second of 320x240, of the small stream, or of the main one where there is no other."""
    watched = enough(watch(open_camera(width=640, height=480, video=video), 170))
    planes = [sample.luma for sample in watched.samples if sample.luma is not None]
    assert {plane.shape for plane in planes} == {(240, 320)}
    assert {str(plane.dtype) for plane in planes} == {"uint8"}
    spans_us = [later.pts_us - earlier.pts_us for earlier, later in pairwise(watched.samples)]
    assert min(spans_us) >= 60_000
    changed = differences(watched.samples)
    assert max(changed) > 500
    assert sorted(changed)[len(changed) // 3] < 50, "nothing moves for most of the time"


def test_nothing_comes_after_the_stop_and_video_can_begin_anew(open_camera: Open) -> None:
    """Stills go on in between; the mode stays."""
    source = open_camera(video=VideoSettings())
    first = enough(watch(source, 10))
    source.stop_video()
    count = len(first.packets)
    for _ in range(5):
        source.still()
    assert len(first.packets) == count
    again = enough(watch(source, 10, motion=False))
    assert again.keys[0] == 0
    assert again.samples == []
    assert again.times_us[0] < 1_000_000
