"""`./ss-camera.py` with CAMERA=picamera2, from libcamera to a Kafka broker and its subscribers."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import av
import numpy as np

from ss_camera import message
from tests.libcamera.virtual import scenery
from tests.program import ROOT, Program, wait_until
from tests.subscriber import Subscriber

DRIVER = [sys.executable, "-m", "tests.libcamera.virtual.driver"]
COMMAND = [*DRIVER, str(ROOT / "ss-camera.py")]


def settings(broker: str, **more: str) -> dict[str, str]:
    return {
        "CAMERA_ID": "cam",
        "PICAMERA_RESOLUTION": "VGA",
        "PICAMERA_FRAMERATE": "20",
        "SS_BROKERS": broker,
        "SS_TOPIC": "garden",
        **more,
    }


def clips(subscriber: Subscriber) -> list[message.Clip]:
    """Those whose parts have all arrived."""
    assembler = message.ClipAssembler()
    parts = [message.read(each.value).part for each in list(subscriber.messages)]
    return [clip for part in parts if part is not None for clip in assembler.take(part, 0.0)]


def test_stills_and_a_clip_of_what_moves_arrive(mock_cluster: str, tmp_path: Path) -> None:
    """Found by CAMERA=auto. The clip plays, with its pre-roll, and shows the post that walked."""
    motion = {"MOTION": "on", "CLIP_PREROLL": "1", "CLIP_POSTROLL": "1", "SCHEDULE": "every second"}
    with (
        Subscriber(brokers=mock_cluster, topic="garden") as stills,
        Subscriber(brokers=mock_cluster, topic="garden.clip") as parts,
        Program(COMMAND, cwd=tmp_path, settings=settings(mock_cluster, **motion)) as camera,
    ):
        assert "camera 0 (Garden): 640x480 at 20 frames/s" in camera.wait_for("capturing from")
        wait_until(lambda: bool(clips(parts)), "a clip", 60.0)
        wait_until(lambda: len(stills.messages) >= 5, "5 stills")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        clip = clips(parts)[0]
        wait_until(lambda: len(stills.messages) >= 5, "5 stills")
    assert clip.status is message.ClipStatus.COMPLETE
    assert clip.totals is not None
    assert clip.preroll_s >= 0.9
    with av.open(io.BytesIO(clip.read()), "r") as video:
        shown = [frame.to_ndarray(format="gray").astype(int) for frame in video.decode(video=0)]
    assert len(shown) == clip.totals.frames
    assert 3.0 < clip.totals.duration_s < 8.0
    before, post = shown[0][160:300, 100:620], max(shown, key=lambda each: each[160:300, 100:620].mean())
    assert (np.abs(post[160:300, 100:620] - before) > 60).sum() > 5000, "the post"
    assert shown[0].shape == (scenery.HEIGHT, scenery.WIDTH)
    seqs = sorted(identity.seq for reader in (stills, parts) for identity in reader.identities)
    assert len(seqs) == len(set(seqs))
    assert "Traceback" not in camera.text


def test_ten_pictures_a_second_arrive_without_a_gap(mock_cluster: str, tmp_path: Path) -> None:
    """A plain stream, as most of the sample's users have it."""
    own = settings(mock_cluster, CAMERA="picamera2", PICAMERA_FRAMERATE="10", SS_TOPIC="stream")
    with (
        Subscriber(brokers=mock_cluster, topic="stream") as subscriber,
        Program(COMMAND, cwd=tmp_path, settings=own) as camera,
    ):
        wait_until(lambda: len(subscriber.messages) >= 50, "50 pictures")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        captured = int(camera.wait_for("stopped:").split("captured ")[1].split(",")[0])
        wait_until(lambda: len(subscriber.messages) >= captured, f"all of {captured} pictures")
        assert subscriber.seqs("cam") == list(range(captured))


def test_a_camera_that_hangs_keeps_no_program_from_ending(mock_cluster: str, tmp_path: Path) -> None:
    """All that was captured is delivered, the log says what hangs, and the process is gone in time."""
    own = settings(mock_cluster, CAMERA="picamera2", SS_TOPIC="stuck", MOTION="on")
    command = [*DRIVER, "--stuck", str(ROOT / "ss-camera.py")]
    with (
        Subscriber(brokers=mock_cluster, topic="stuck") as subscriber,
        Program(command, cwd=tmp_path, settings=own) as camera,
    ):
        wait_until(lambda: len(subscriber.messages) >= 10, "10 pictures")
        camera.stop()
        assert camera.ended(15.0) == 0, camera.text
        assert "were not delivered" not in camera.text
