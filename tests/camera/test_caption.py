"""The text of an annotation: what it says, where it stands, in which colours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
from av import VideoFrame

from ss_camera.properties.edits import UNEDITED, Annotation, Edits
from ss_camera.sources.caption import Caption
from ss_camera.sources.frames import FrameEditor
from ss_camera.sources.picture import StillEncoder
from tests.camera.test_editing import CLOCK, WALL_US, still


def test_the_annotation_says_the_pictures_own_local_time() -> None:
    """And the number of the picture before it, where that is asked for."""
    local = datetime.fromtimestamp(WALL_US / 1e6).strftime("%Y-%m-%d %H:%M:%S")
    assert Caption(CLOCK).text(WALL_US, 7) == local
    assert Caption(replace(CLOCK, frame_number=True)).text(WALL_US, 7) == f"7 {local}"
    assert Caption(Annotation("", frame_number=True)).text(WALL_US, 7) == "7"
    assert Caption(Annotation("100%")).text(WALL_US, 7) == "100%"


def test_the_annotation_stands_in_the_middle_of_the_top() -> None:
    """White on the picture, which is the same everywhere else."""
    pixels = np.full((120, 320, 3), (60, 60, 60), np.uint8)
    got = still(Edits(annotation=CLOCK), pixels)[:, :, 1].astype(int)
    lit = np.argwhere(got > 150)
    assert len(lit) > 100
    assert lit[:, 0].max() < 20
    assert abs(lit[:, 1].min() - (319 - lit[:, 1].max())) <= 6
    assert np.abs(got[24:] - 60).max() <= 3


def test_colours_of_the_annotation() -> None:
    """Foreground on a background that is as large as the text."""
    annotation = Annotation("HHHH", size=40, foreground=(250, 220, 20), background=(20, 20, 160))
    got = still(Edits(annotation=annotation), np.full((120, 320, 3), 128, np.uint8)).astype(int)
    assert (np.abs(got[:44] - (20, 20, 160)).max(axis=2) < 30).sum() > 500
    assert (np.abs(got[:44] - (250, 220, 20)).max(axis=2) < 60).sum() > 100
    assert (np.abs(got[:44, :40] - 128).max(axis=2) < 8).all()


def test_the_annotation_is_drawn_after_the_turn() -> None:
    """It is read upright, whichever way the camera hangs."""
    pixels = np.full((120, 320, 3), 60, np.uint8)
    got = still(Edits(rotation=90, annotation=CLOCK), pixels)[:, :, 1]
    assert got.shape == (320, 120)
    assert np.argwhere(got > 150)[:, 0].max() < 20


def test_a_long_annotation_is_made_to_fit() -> None:
    """A time whose seconds are cut off is worth nothing; letters do not change their size later."""
    caption = Caption(Annotation("%H:%M:%S at the gate of the northern garden", size=60))
    picture = FrameEditor(UNEDITED, None).planes(
        VideoFrame.from_ndarray(np.full((240, 320, 3), 60, np.uint8), "rgb24"), 0
    )
    wide = np.argwhere(caption.draw(picture, WALL_US, 1).y > 120)
    assert 160 < np.ptp(wide[:, 1]) < 320
    later = np.argwhere(caption.draw(picture, WALL_US + 1_000_000, 2).y > 120)
    assert abs(int(wide[:, 0].max()) - int(later[:, 0].max())) <= 2


def test_a_frame_number_counts_the_stills() -> None:
    """Two stills of the same moment differ by it."""
    encoder = StillEncoder(None, None, 90, Edits(annotation=Annotation(frame_number=True)))
    frame = VideoFrame.from_ndarray(np.full((64, 96, 3), 60, np.uint8), "rgb24")
    assert len({encoder.encode(frame, WALL_US)[0] for _ in range(3)}) == 3
