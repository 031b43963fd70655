"""Scripted scenes: a body is motion; light, a torn frame and another scene are not."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.media import MotionSample
from ss_camera.motion import Detector
from ss_camera.settings.model import MotionMask, MotionSettings
from tests.motion.letters import SAMPLE_US, SCENE, judge, letter, luma, samples

USUAL = MotionSettings()


@pytest.mark.parametrize(
    ("script", "judgement"),
    [
        ("....", "...."),
        ("..MMMM..", "..cmmm.."),  # the second sample in a row is motion
        ("..M..M..", "..c..c.."),  # one sample by itself is not
        ("..MMSSSS..", "..cmmmmm.."),  # who stands still for a moment is still there
        (".LLLL....", "........."),  # a lamp, on and off
        (".lll.l.l.", "........."),  # the camera's gain hunts
        ("..T..", "..c.."),  # a torn frame
        ("..FFFFFFFF", "..vssss..."),  # the camera was turned: one veto, half a second, the new scene
    ],
)
def test_a_script_is_judged(script: str, judgement: str) -> None:
    """See the letters of tests/motion/letters.py."""
    assert judge(script) == judgement


def test_frames_in_a_row_are_a_setting() -> None:
    """`MOTION_FRAMES=1` takes the first sample, 4 the fourth."""
    assert judge("..MMMMM..", replace(USUAL, frames=1)) == "..mmmmm.."
    assert judge("..MMMMM..", replace(USUAL, frames=4)) == "..cccmm.."


def test_what_stays_becomes_background() -> None:
    """A parked car is motion for some seconds and then no more; its leaving is motion again."""
    judgement = judge("M" + "S" * 400 + "....")
    assert judgement[1:30] == "m" * 29
    assert judgement[-104:-4] == "." * 100
    assert judgement.endswith("cmmm")


def test_a_passer_by_leaves_no_ghost() -> None:
    """Three seconds in one place leave nothing behind."""
    assert judge("M" + "S" * 30 + "....").endswith("m....")


def test_the_mask_hides_a_body() -> None:
    """Blocks under the mask do not count."""
    assert judge("MMMMMM", replace(USUAL, mask=MotionMask(((0, 0.3, 1, 0.5),)))) == "......"
    assert judge("MMMMMM", replace(USUAL, mask=MotionMask(((0, 0, 1, 0.3),)))) == "cmmmmm"


def test_the_global_share_is_of_what_is_watched() -> None:
    """With nine tenths of the picture masked, the rest changing as a whole is a veto."""
    body_only = MotionMask(((0.0, 0.0, 1.0, 0.4), (0.0, 0.6667, 1.0, 0.3333), (0.25, 0.4, 0.75, 0.2667)))
    assert "m" not in judge("FFF", replace(USUAL, mask=body_only))
    assert judge("FFF", replace(USUAL, mask=body_only))[0] == "v"
    assert judge("FFF", replace(USUAL, mask=body_only, global_share=1.0))[0] != "v"


@given(st.integers(0, 40))
def test_motion_is_more_than_the_sensitivity(sensitivity: int) -> None:
    """A body of 3 by 8 blocks on their grid is 24 macroblocks at 640x480: motion below 24 and not at it."""
    moving = "m" in judge("MM", replace(USUAL, sensitivity=sensitivity))
    assert moving == (sensitivity < 24)


@pytest.mark.parametrize(
    ("width", "height", "macroblocks"),
    [(640, 480, 24), (320, 240, 6), (1280, 960, 96), (1600, 1200, 150)],
)
def test_the_unit_is_the_macroblock_of_the_video(width: int, height: int, macroblocks: int) -> None:
    """The same luma stands for more macroblocks of a larger video, as an encoder would count them."""
    detector = Detector(USUAL, width, height)
    blocks = [detector.feed(sample).blocks for sample in samples("." * 12 + "M")]
    assert blocks[-1] == macroblocks


@given(st.integers(0, 63), st.integers(1, 3), st.sampled_from(["rows", "columns", "reversed", "offset"]))
def test_any_memory_layout_gives_the_same(padding: int, step: int, layout: str) -> None:
    """Padded rows, planes inside other buffers and odd addresses change nothing."""
    usual, strided = Detector(USUAL, 640, 480), Detector(USUAL, 640, 480)
    for sample in samples("." * 12 + "MM"):
        plane = luma(".", 0) if sample.luma is None else sample.luma
        height, width = plane.shape
        if layout == "rows":
            view = np.zeros((height, width + padding), np.uint8)[:, :width]
        elif layout == "columns":
            view = np.zeros((height, width * step), np.uint8)[:, ::step]
        elif layout == "reversed":
            view = np.zeros((height, width), np.uint8)[::-1]
        else:
            view = np.zeros(height * width + padding, np.uint8)[padding:].reshape(height, width)
        view[:] = plane
        other = MotionSample(sample.pts_us, sample.captured_us, luma=view)
        assert strided.feed(other) == usual.feed(sample)


def test_a_new_video_is_learnt_anew() -> None:
    """When times go back, or the size changes, the detector settles and does not compare with what was."""
    detector = Detector(USUAL, 640, 480)
    for sample in samples("." * 12):
        detector.feed(sample)
    assert detector.feed(MotionSample(0, 0, luma=luma("F", 0))).settling
    smaller = np.ascontiguousarray(SCENE[::2, ::2])
    assert detector.feed(MotionSample(SAMPLE_US, 0, luma=smaller)).settling


def test_slow_samples_work_too() -> None:
    """One sample a second: the body is found in the second one."""
    detector = Detector(replace(USUAL, frames=1), 640, 480)
    script = [
        MotionSample(number * 1_000_000, 0, luma=luma(letter, number))
        for number, letter in enumerate("....MM.")
    ]
    assert [detector.feed(sample).moving for sample in script] == [False] * 4 + [True, True, False]


@pytest.mark.parametrize(
    ("then", "judgement"),
    [("........", "........"), ("MMMMMMMM", "mmmmmmmm"), ("lLlL.LlL", "........")],
    ids=["still", "body", "light"],
)
def test_no_array_is_made_for_a_sample(then: str, judgement: str) -> None:
    """NumPy tells tracemalloc of each array. A plane is 77 KB, one value a block 5 KB; objects are small."""
    script = samples("." * 12 + "MM" * then.startswith("M") + then)
    runs = [memory(script, len(then)) for _ in range(3)]
    assert {judged for judged, _, _ in runs} == {judgement}
    # what other threads of the process took meanwhile is not in every run
    assert max(map(min, zip(*(peaks for _, peaks, _ in runs), strict=True))) < 4_000
    assert min(kept for _, _, kept in runs) < 2_000


def memory(script: list[MotionSample], last: int) -> tuple[str, list[int], int]:
    """How the `last` samples are judged, the bytes that each takes at its most, and what all keep."""
    detector = Detector(USUAL, 640, 480)
    for sample in script[:-last]:
        detector.feed(sample)
    motions, peaks = [], []
    tracemalloc.start()
    try:
        before = now = tracemalloc.get_traced_memory()[0]
        for sample in script[-last:]:
            tracemalloc.reset_peak()
            start = tracemalloc.get_traced_memory()[0]
            motions.append(detector.feed(sample))
            now, peak = tracemalloc.get_traced_memory()
            peaks.append(peak - start)
    finally:
        tracemalloc.stop()
    return "".join(map(letter, motions)), peaks, now - before


def test_a_sample_without_anything_is_refused() -> None:
    """A source's mistake is told, not taken for stillness."""
    with pytest.raises(ValueError, match="without luma and without vectors"):
        Detector(USUAL, 640, 480).feed(MotionSample(0, 0))
