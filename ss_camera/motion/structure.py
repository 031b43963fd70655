"""Blocks that differ from the background in, those that something solid explains out: no light, no rain."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells

Number = TypeVar("Number", np.int32, np.uint8)

_GAIN_BITS = 8
_DARK = np.int32(9 * 4 * 4 * ONE)  # four levels in each cell of a neighbourhood
_CELLS = np.int32(9 * 4)
_COMPANY = np.uint8(4)  # a block and three neighbours: any corner of two by two


class Structure:
    """Looks at each block among the 3x3 around it."""

    def __init__(self, rows: int, columns: int) -> None:
        shape = (4, rows, columns)
        self._now = _Neighbourhood(rows, columns, np.int32)
        self._then = _Neighbourhood(rows, columns, np.int32)
        self._halves: Cells = np.empty((2, rows, columns), np.int32)
        self._multiplied: Cells = np.empty(shape, np.int32)
        self._added: Cells = np.empty(shape, np.int32)
        self._half: Cells = np.empty(shape, np.int32)
        self._rest: Cells = np.empty(shape, np.int32)
        self._over = np.empty(shape, np.bool_)
        self._over_added = np.empty(shape, np.bool_)
        self._touched = _Neighbourhood(rows, columns, np.uint8)
        self._company = _Neighbourhood(rows, columns, np.uint8)
        self._most = np.full((rows, columns), 4 << _GAIN_BITS, np.int32)
        self._few = np.empty((rows, columns), np.bool_)
        self.relit = self._multiplied
        """The background in the light of the cells compared last: smooth, where the cells may hold a body."""

    def changed(self, cells: Cells, level: Cells, threshold: Cells) -> NDArray[np.bool_]:
        """Blocks whose pattern changed, not only their light, and their neighbours (the inside of a body is flat).

        A lamp's glow, a band of mains flicker or the soft edge of a cloud's shadow changes neighbours alike.
        So the background takes the light of the 3x3 blocks, once as a factor and once as a sum (glare, fog), and
        a cell is touched where both leave more than half of `threshold`.
        """
        now, then = self._light(self._now, cells), self._light(self._then, level)
        self._add(level, now, then)
        self._multiply(level, now, then)
        np.right_shift(threshold, 1, out=self._half)
        self._leaves(cells, self._multiplied, self._over)
        self._leaves(cells, self._added, self._over_added)
        fewer = np.count_nonzero(self._over_added) < np.count_nonzero(self._over)
        self.relit = self._added if fewer else self._multiplied
        np.logical_and(self._over, self._over_added, out=self._over)
        np.logical_or(self._over[:2], self._over[2:], out=self._over[:2])
        np.logical_or(self._over[0], self._over[1], out=self._touched.blocks.view(np.bool_))
        return np.greater(self._touched.add_up(), 0, out=self._few)

    def _light(self, around: _Neighbourhood[np.int32], cells: Cells) -> NDArray[np.int32]:
        np.add(cells[:2], cells[2:], out=self._halves)
        np.add(self._halves[0], self._halves[1], out=around.blocks)
        sums = around.add_up()
        return np.add(sums, _DARK, out=sums)

    def _add(self, level: Cells, now: NDArray[np.int32], then: NDArray[np.int32]) -> None:
        np.subtract(now, then, out=self._added[0])
        np.floor_divide(self._added[0], _CELLS, out=self._added[0])
        shift = self._added[0]
        np.add(level[1:], shift, out=self._added[1:])
        np.add(level[0], shift, out=shift)

    def _multiply(self, level: Cells, gain: NDArray[np.int32], then: NDArray[np.int32]) -> None:
        """`gain` is the sums of now at first, and overwritten."""
        np.left_shift(gain, _GAIN_BITS, out=gain)
        np.floor_divide(gain, then, out=gain)
        np.minimum(gain, self._most, out=gain)
        np.multiply(level, gain, out=self._multiplied)
        np.right_shift(self._multiplied, _GAIN_BITS, out=self._multiplied)

    def _leaves(self, cells: Cells, relit: Cells, over: NDArray[np.bool_]) -> None:
        rest = self._rest
        np.subtract(cells, relit, out=rest)
        np.absolute(rest, out=rest)
        np.greater(rest, self._half, out=over)

    def drop_scattered(self, blocks: NDArray[np.bool_]) -> None:
        """Clear the `blocks` with fewer than three others around them: drops of rain, flakes, grains of noise."""
        np.copyto(self._company.blocks, blocks)
        np.greater_equal(self._company.add_up(), _COMPANY, out=self._few)
        np.logical_and(blocks, self._few, out=blocks)


class _Neighbourhood(Generic[Number]):
    """Sums over 3x3 blocks; outside the picture is nothing. Fill `blocks` first, then read `sums`.

    Rows stand behind each other with two empty columns between them, so that a sum of neighbours is
    three whole-array additions: row by row they take three times as long.
    """

    def __init__(self, rows: int, columns: int, number: type[Number]) -> None:
        self._stride = columns + 2
        self._padded = np.zeros((rows + 2) * self._stride, number)
        self._wide = np.zeros_like(self._padded)
        self._high = np.zeros_like(self._padded)
        self.blocks = self._inside(self._padded)
        self._sums = self._inside(self._high)
        self.sums = np.empty((rows, columns), number)

    def _inside(self, padded: NDArray[Number]) -> NDArray[Number]:
        return padded.reshape(-1, self._stride)[1:-1, 1:-1]

    def add_up(self) -> NDArray[Number]:
        padded, wide, high, stride = self._padded, self._wide, self._high, self._stride
        np.add(padded[:-2], padded[2:], out=wide[1:-1])
        np.add(wide, padded, out=wide)
        np.add(wide[: -2 * stride], wide[2 * stride :], out=high[stride:-stride])
        np.add(high, wide, out=high)
        np.copyto(self.sums, self._sums)
        return self.sums
