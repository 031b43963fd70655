"""Cells and their background in, blocks with a changed pattern out: light keeps it, a body does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells, whole
from ss_camera.motion.neighbours import Neighbourhood

_BLOCKS = 9
_COUNT = whole(_BLOCKS)
_DARK = whole(_BLOCKS * 4 * ONE)  # four levels in each cell, or black would divide by nothing
_SMALLER = whole(6)  # bits off a sum: its product with a cell, and the difference of two, then fit 32 bits
_HALF = whole(1)
_GAIN_BITS = whole(8)
_GAIN_MOST = 4 << 8

Plane = NDArray[np.int32]
"""One value a block."""


class Structure:
    """Looks at each block among the 3x3 around it, by one cell of each: two find no more.

    A lamp's glow, a band of flicker or the soft edge of a shadow changes neighbours alike.
    So the background takes the light of the 3x3 blocks, once as a factor and once as a sum (glare).
    Where both leave more than half of a cell's threshold, a body came or went.
    """

    def __init__(self, rows: int, columns: int) -> None:
        plane = (rows + 2, columns + 2)
        self._around = Neighbourhood(np.zeros((2, *plane), np.int32))
        self._half = np.empty(plane, np.int32)
        self._rest = np.empty(plane, np.int32)
        self._limit = np.empty(plane, np.int32)
        self._multiplied = np.empty(plane, np.bool_)
        self._added = np.empty(plane, np.bool_)
        self._touched = Neighbourhood(np.zeros(plane, np.bool_))
        self._gain = np.empty(plane, np.int32)
        self._most = np.full(plane, _GAIN_MOST, np.int32)
        self._relit: Cells = np.empty((4, *plane), np.int32)

    def changed(self, level: Cells, difference: Cells, threshold: Cells) -> NDArray[np.bool_]:
        """Blocks with a changed pattern, and those beside them, as the inside of a body is flat."""
        first, first_change = self._around.values
        np.copyto(first, level[0])
        np.copyto(first_change, difference[0])
        sums = self._around.add_up()
        then, change = sums
        np.right_shift(threshold[0], _HALF, out=self._half)
        self._leave_sum(first_change, change)
        np.add(then, _DARK, out=then)
        np.right_shift(sums, _SMALLER, out=sums)
        self._leave_factor(first, first_change, then, change)
        np.logical_and(self._multiplied, self._added, out=self._touched.values)
        return self._touched.add_up()

    def _leave_sum(self, difference: Plane, change: Plane) -> None:
        """Where |difference - change / blocks| > half, without the division."""
        rest, limit = self._rest, self._limit
        np.multiply(difference, _COUNT, out=rest)
        np.subtract(rest, change, out=rest)
        np.absolute(rest, out=rest)
        np.multiply(self._half, _COUNT, out=limit)
        np.greater(rest, limit, out=self._added)

    def _leave_factor(self, level: Plane, difference: Plane, then: Plane, change: Plane) -> None:
        """Where |cell - level x (then + change) / then| > half, both sides multiplied by `then`."""
        rest, limit = self._rest, self._limit
        np.multiply(difference, then, out=rest)
        np.multiply(level, change, out=limit)
        np.subtract(rest, limit, out=rest)
        np.absolute(rest, out=rest)
        np.multiply(self._half, then, out=limit)
        np.greater(rest, limit, out=self._multiplied)

    def relight(self, level: Cells) -> Cells:
        """The background in the light of the cells compared last: smooth, where those may hold a body.

        Of factor and sum the one that leaves fewer cells over.
        """
        then, change = self._around.sums
        gain = self._gain
        if np.count_nonzero(self._added) < np.count_nonzero(self._multiplied):
            np.left_shift(change, _SMALLER, out=gain)
            np.floor_divide(gain, _COUNT, out=gain)
            return np.add(level, gain, out=self._relit)
        np.add(then, change, out=gain)
        np.left_shift(gain, _GAIN_BITS, out=gain)
        np.floor_divide(gain, then, out=gain)
        np.minimum(gain, self._most, out=gain)
        np.multiply(level, gain, out=self._relit)
        return np.right_shift(self._relit, _GAIN_BITS, out=self._relit)
