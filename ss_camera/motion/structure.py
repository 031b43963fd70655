"""Blocks that differ from the background in, those that something solid explains out: no light, no rain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells

_GAIN_BITS = 8
_DARK = np.int32(9 * 4 * 4 * ONE)  # four levels in each cell of a neighbourhood
_CELLS = np.int32(9 * 4)
_MOST = np.int32(4 << _GAIN_BITS)
_COMPANY = np.uint8(4)  # a block and three neighbours: any corner of two by two


class Structure:
    """Looks at each block among the 3x3 around it."""

    def __init__(self, rows: int, columns: int) -> None:
        shape = (4, rows, columns)
        self._now, self._then = _Light(rows, columns), _Light(rows, columns)
        self._multiplied: Cells = np.empty(shape, np.int32)
        self._added: Cells = np.empty(shape, np.int32)
        self._rest: Cells = np.empty(shape, np.int32)
        self._over = np.empty(shape, np.bool_)
        self._over_added = np.empty(shape, np.bool_)
        self._touched = _Count(rows, columns)
        self._company = _Count(rows, columns)
        self._few = np.empty((rows, columns), np.bool_)
        self.relit = self._multiplied
        """The background in the light of the cells compared last: smooth, where the cells may hold a body."""

    def changed(self, cells: Cells, level: Cells, threshold: Cells) -> NDArray[np.bool_]:
        """Blocks whose pattern changed, not only their light, and their neighbours (the inside of a body is flat).

        A lamp's glow, a band of mains flicker or the soft edge of a cloud's shadow changes neighbours alike.
        So the background takes the light of the 3x3 blocks, once as a factor and once as a sum (glare, fog), and
        a cell is touched where both leave more than half of `threshold`.
        """
        now, then = self._now.sums(cells), self._then.sums(level)
        self._add(level, now, then)
        self._multiply(level, now, then)
        self._leaves(cells, self._multiplied, threshold, self._over)
        self._leaves(cells, self._added, threshold, self._over_added)
        fewer = np.count_nonzero(self._over_added) < np.count_nonzero(self._over)
        self.relit = self._added if fewer else self._multiplied
        np.logical_and(self._over, self._over_added, out=self._over)
        np.logical_or.reduce(self._over, axis=0, out=self._touched.blocks)
        return np.greater(self._touched.sums(), 0, out=self._few)

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
        np.minimum(gain, _MOST, out=gain)
        np.multiply(level, gain, out=self._multiplied)
        np.right_shift(self._multiplied, _GAIN_BITS, out=self._multiplied)

    def _leaves(self, cells: Cells, relit: Cells, threshold: Cells, over: NDArray[np.bool_]) -> None:
        rest = self._rest
        np.subtract(cells, relit, out=rest)
        np.absolute(rest, out=rest)
        np.left_shift(rest, 1, out=rest)
        np.greater(rest, threshold, out=over)

    def drop_scattered(self, blocks: NDArray[np.bool_]) -> None:
        """Clear the `blocks` with fewer than three others around them: drops of rain, flakes, grains of noise."""
        np.copyto(self._company.blocks, blocks)
        np.greater_equal(self._company.sums(), _COMPANY, out=self._few)
        np.logical_and(blocks, self._few, out=blocks)


class _Light:
    """Sums of luma over 3x3 blocks; outside the picture is black, for both sides of a ratio alike."""

    def __init__(self, rows: int, columns: int) -> None:
        self._padded = np.zeros((rows + 2, columns + 2), np.int32)
        self._wide = np.empty((rows + 2, columns), np.int32)
        self._sums = np.empty((rows, columns), np.int32)

    def sums(self, cells: Cells) -> NDArray[np.int32]:
        padded, wide, sums = self._padded, self._wide, self._sums
        np.add.reduce(cells, axis=0, dtype=np.int32, out=padded[1:-1, 1:-1])
        np.add(padded[:, :-2], padded[:, 1:-1], out=wide)
        np.add(wide, padded[:, 2:], out=wide)
        np.add(wide[:-2], wide[1:-1], out=sums)
        np.add(sums, wide[2:], out=sums)
        np.add(sums, _DARK, out=sums)
        return sums


class _Count:
    """How many of 3x3 blocks are set, the one in the middle included; fill `blocks` first."""

    def __init__(self, rows: int, columns: int) -> None:
        self._padded = np.zeros((rows + 2, columns + 2), np.uint8)
        self._wide = np.empty((rows + 2, columns), np.uint8)
        self._sums = np.empty((rows, columns), np.uint8)
        self.blocks = self._padded.view(np.bool_)[1:-1, 1:-1]

    def sums(self) -> NDArray[np.uint8]:
        padded, wide, sums = self._padded, self._wide, self._sums
        np.add(padded[:, :-2], padded[:, 1:-1], out=wide)
        np.add(wide, padded[:, 2:], out=wide)
        np.add(wide[:-2], wide[1:-1], out=sums)
        np.add(sums, wide[2:], out=sums)
        return sums
