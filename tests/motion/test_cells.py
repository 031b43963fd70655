"""Cells, sums of neighbours and the test of structure do the arithmetic that they are described by."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ss_camera.motion.cells import INSIDE, ONE, CellSums
from ss_camera.motion.neighbours import Neighbourhood
from ss_camera.motion.structure import Structure

ROWS, COLUMNS = 5, 6


@given(st.integers(8, 70), st.integers(8, 70), st.integers(0, 1000))
def test_a_cell_is_the_mean_of_16_pixels(height: int, width: int, seed: int) -> None:
    """In any plane, white ones too; what is no whole block at right and bottom is left out."""
    random = np.random.default_rng(seed)
    luma = random.integers(0, 256, (height, width), dtype=np.uint8) | np.uint8(255 * (seed % 5 == 0))
    sums = CellSums(height, width)
    cells = sums.read(luma)
    whole = luma[: height // 8 * 8, : width // 8 * 8].astype(int)
    means = whole.reshape(height // 4 // 2 * 2, 4, width // 4 // 2 * 2, 4).sum(axis=(1, 3)) * ONE // 16
    for number, (y, x) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        assert (cells[INSIDE][number] == means[y::2, x::2]).all()
    assert cells.sum() == means.sum()  # and the margin is empty


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, np.bool_])
def test_neighbours_are_added_up(dtype: type) -> None:
    """Three by three; over truth values, whether one is true."""
    values = np.zeros((2, ROWS + 2, COLUMNS + 2), dtype)
    around = Neighbourhood(values)
    values[INSIDE] = np.random.default_rng(4).integers(0, 2, (2, ROWS, COLUMNS))
    sums = around.add_up()[INSIDE]
    for plane, y, x in np.ndindex(sums.shape):
        assert sums[plane, y, x] == values[plane, y : y + 3, x : x + 3].sum(dtype=dtype)


def planes(inside: NDArray[np.int64]) -> NDArray[np.int32]:
    """Four planes alike, with their margin."""
    return np.pad(np.broadcast_to(inside, (4, ROWS, COLUMNS)), ((0, 0), (1, 1), (1, 1))).astype(np.int32)


@given(st.integers(0, 10_000), st.sampled_from([255, 20, 3]), st.sampled_from([18, 255, 1500]))
def test_structure_is_what_neither_a_factor_nor_a_sum_explains(seed: int, most: int, threshold: int) -> None:
    """By exact fractions, up to black beside white and the largest thresholds: nothing overflows.

    A block is left out of the comparison where less than a quarter of a level decides.
    """
    random = np.random.default_rng(seed)
    level, now = random.integers(0, most * ONE + 1, (2, ROWS, COLUMNS))
    limit = np.full((ROWS, COLUMNS), threshold * ONE)
    found = Structure(ROWS, COLUMNS).changed(planes(level), planes(now) - planes(level), planes(limit))
    margins = exact_margins(level, now, threshold * ONE // 2)
    for y, x in np.ndindex(ROWS, COLUMNS):
        around = [
            margin for place, margin in margins.items() if max(abs(place[0] - y), abs(place[1] - x)) < 2
        ]
        if all(abs(margin) >= ONE // 4 for margin in around):
            assert found[INSIDE][y, x] == any(margin > 0 for margin in around)


def exact_margins(
    level: NDArray[np.int64], now: NDArray[np.int64], half: int
) -> dict[tuple[int, int], Fraction]:
    """By how much the lesser of the two rests is over `half`, in 1/256 luma, for each block."""
    before, after = np.pad(level, 1), np.pad(now, 1)
    margins = {}
    for y, x in np.ndindex(ROWS, COLUMNS):
        then = int(before[y : y + 3, x : x + 3].sum())
        change = int(after[y : y + 3, x : x + 3].sum()) - then
        dark = then + 9 * 4 * ONE
        was, difference = int(level[y, x]), int(now[y, x]) - int(level[y, x])
        rests = abs(difference - Fraction(change, 9)), abs(difference - Fraction(was * change, dark))
        margins[y, x] = min(rests) - half
    return margins
