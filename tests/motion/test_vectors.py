"""Motion vectors are judged as pinthesky judges them, with the veto and the samples in a row besides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ss_camera.media import MotionSample
from ss_camera.motion import Detector
from ss_camera.motion.vectors import Track, VectorBlocks
from ss_camera.settings.model import MotionMask, MotionSettings
from tests.motion import rules

DTYPE = np.dtype([("x", "i1"), ("y", "i1"), ("sad", "<u2")])


def every_vector() -> NDArray[np.void]:
    """All 65536 pairs of signed bytes, with noise where the encoder's error stands."""
    grid = np.zeros((256, 256), DTYPE)
    grid["x"] = np.arange(-128, 128, dtype=np.int8)[:, None]
    grid["y"] = np.arange(-128, 128, dtype=np.int8)[None, :]
    grid["sad"] = np.random.default_rng(2).integers(0, 0x10000, grid.shape)
    return grid


@pytest.mark.parametrize("longest", [0, 1, 59, 60, 61, 127, 180, 181, 255])
def test_each_vector_is_judged_as_with_the_square_root(longest: int) -> None:
    """Exactly, for all vectors there are: (-128, -128) too, whose squares overflow an int16."""
    grid = every_vector()
    length = np.sqrt(grid["x"].astype(float) ** 2 + grid["y"].astype(float) ** 2)
    expected = length.clip(0, 255).astype(np.uint8) > longest
    assert (VectorBlocks(256, 256, longest).read(grid) == expected).all()


def field(*, moving: int, length: int = 70) -> NDArray[np.void]:
    """30 rows of 41 entries, as a Pi gives for 640x480, `moving` of them long."""
    grid = np.zeros((30, 41), DTYPE)
    grid["y"].reshape(-1)[-moving or grid.size :] = -length
    return grid


def judge(*fields: NDArray[np.void], mask: MotionMask | None = None) -> list[tuple[int, bool, bool]]:
    """(blocks, moving, veto) of each, at ten samples a second after the first second."""
    detector = Detector(MotionSettings(mask=mask), 640, 480)
    motions = [
        detector.feed(MotionSample(number * 100_000, 0, vectors=grid))
        for number, grid in enumerate([field(moving=0)] * 10 + list(fields))
    ]
    return [(motion.blocks, motion.moving, motion.veto) for motion in motions[10:]]


def test_more_than_ten_blocks_are_motion() -> None:
    """Ten are not, eleven are, and the extra column counts as it does for pinthesky."""
    ten, eleven = field(moving=10), field(moving=11)
    assert judge(ten, ten) == [(10, False, False), (10, False, False)]
    assert judge(eleven, eleven) == [(11, False, False), (11, True, False)]
    assert list(rules.pinthesky([ten, eleven])) == [False, True]


def scattered(seed: int) -> NDArray[np.void]:
    """Twelve long vectors of 1200, in other places with each seed: at most two near those of another."""
    grid = field(moving=0)
    grid["x"].reshape(-1)[np.random.default_rng(seed).choice(grid.size, 12, replace=False)] = 90
    return grid


def test_vectors_that_jump_about_are_no_motion() -> None:
    """Rain: enough blocks in each sample, but not where they were. A body goes on from where it was."""
    judged = judge(*(scattered(seed) for seed in range(20)))
    assert not any(moving for _, moving, _ in judged)
    steps = [np.roll(field(moving=11), (-2 * number, -2 * number), axis=(0, 1)) for number in range(6)]
    assert [moving for _, moving, _ in judge(*steps)] == [False] + [True] * 5
    torn = [field(moving=11), field(moving=0), field(moving=11), field(moving=11)]
    assert [moving for _, moving, _ in judge(*torn)] == [False, False, False, True]


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(2, 9))
def test_a_block_goes_on_from_two_blocks_away_at_most(seed: int, rows: int, columns: int) -> None:
    """In each direction, and not over an edge of the picture."""
    random = np.random.default_rng(seed)
    before, now = random.random((2, rows, columns)) < 0.2
    track = Track(rows, columns)
    assert track.going_on(before) == 0
    around = np.pad(before, 2)
    near = [around[y : y + 5, x : x + 5].any() for y, x in np.ndindex(rows, columns)]
    assert track.going_on(now) == np.count_nonzero(now & np.reshape(near, now.shape))


def test_a_whole_picture_of_vectors_is_a_veto() -> None:
    """An encoder that searches after a lamp was put on finds vectors everywhere."""
    assert judge(field(moving=700)) == [(700, False, True)]


def test_the_mask_covers_vectors() -> None:
    """The lowest row is masked, with its entry in the extra column."""
    assert judge(field(moving=41), mask=MotionMask(((0.0, 29 / 30, 1.0, 1 / 30),))) == [(0, False, False)]
