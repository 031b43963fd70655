"""Cells and their background in, blocks with a changed pattern out: light keeps it, a body does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells
from ss_camera.motion.neighbours import Neighbourhood

_GAIN_BITS = 8
_DIAGONAL = (
    3  # every third of four planes: two cells of a block that meet at a corner tell enough, in half the time
)
_CELLS = 9 * 2  # of the diagonal, in 3x3 blocks
_DARK = np.int32(_CELLS * 4 * ONE)  # four levels in each cell, or black would divide by nothing
_COUNT = np.int32(_CELLS)

Light = NDArray[np.int32]
"""One value a block: a gain in 1/256 or a shift in 1/256 luma."""


class Structure:
    """Looks at each block among the 3x3 around it.

    A lamp's glow, a band of flicker or the soft edge of a shadow changes neighbours alike.
    So the background takes the light of the 3x3 blocks, once as a factor and once as a sum (glare).
    Where both leave more than half of a cell's threshold, a body came or went.
    """

    def __init__(self, rows: int, columns: int) -> None:
        pair = (2, rows, columns)
        self._now, self._then = Neighbourhood(rows, columns), Neighbourhood(rows, columns)
        self._touched = Neighbourhood(rows, columns)
        self._gain = np.empty((rows, columns), np.int32)
        self._shift = np.empty((rows, columns), np.int32)
        self._most = np.full((rows, columns), 4 << _GAIN_BITS, np.int32)
        self._half = np.empty(pair, np.int32)
        self._rest = np.empty(pair, np.int32)
        self._over = np.empty(pair, np.bool_)
        self._over_added = np.empty(pair, np.bool_)
        self._few = np.empty((rows, columns), np.bool_)
        self._relit: Cells = np.empty((4, rows, columns), np.int32)
        self._is_sum = False

    def changed(self, cells: Cells, level: Cells, threshold: Cells) -> NDArray[np.bool_]:
        """Blocks with a changed pattern, and those beside them, as the inside of a body is flat."""
        cells, level = cells[::_DIAGONAL], level[::_DIAGONAL]
        self._compare_light(cells, level)
        np.right_shift(threshold[::_DIAGONAL], 1, out=self._half)
        rest = self._rest
        np.multiply(level, self._gain, out=rest)
        np.right_shift(rest, _GAIN_BITS, out=rest)
        self._leaves(cells, self._over)
        np.add(level, self._shift, out=rest)
        self._leaves(cells, self._over_added)
        self._is_sum = bool(np.count_nonzero(self._over_added) < np.count_nonzero(self._over))
        np.logical_and(self._over, self._over_added, out=self._over)
        np.logical_or(self._over[0], self._over[1], out=self._few)
        np.copyto(self._touched.blocks, self._few)
        return np.greater(self._touched.add_up(), 0, out=self._few)

    def relight(self, level: Cells) -> Cells:
        """The background in the light of the cells compared last: smooth, where those may hold a body."""
        if self._is_sum:
            return np.add(level, self._shift, out=self._relit)
        np.multiply(level, self._gain, out=self._relit)
        return np.right_shift(self._relit, _GAIN_BITS, out=self._relit)

    def _compare_light(self, cells: Cells, level: Cells) -> None:
        np.add(cells[0], cells[1], out=self._now.blocks)
        np.add(level[0], level[1], out=self._then.blocks)
        now, then = self._now.add_up(), self._then.add_up()
        np.subtract(now, then, out=self._shift)
        np.floor_divide(self._shift, _COUNT, out=self._shift)
        np.add(now, _DARK, out=self._gain)
        np.add(then, _DARK, out=then)
        np.left_shift(self._gain, _GAIN_BITS, out=self._gain)
        np.floor_divide(self._gain, then, out=self._gain)
        np.minimum(self._gain, self._most, out=self._gain)

    def _leaves(self, cells: Cells, over: NDArray[np.bool_]) -> None:
        rest = self._rest
        np.subtract(cells, rest, out=rest)
        np.absolute(rest, out=rest)
        np.greater(rest, self._half, out=over)
