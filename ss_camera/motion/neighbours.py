"""Blocks in, sums over the 3x3 around each out; and blocks without the scattered ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_COMPANY = np.int32(4)  # a block and three neighbours: any corner of two by two


class Neighbourhood:
    """Sums over 3x3 blocks; outside the picture is nothing. Fill `blocks` first, then read `sums`.

    Rows stand behind each other with two empty columns between them, so that a sum of neighbours is
    three whole-array additions: row by row they take three times as long.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._stride = columns + 2
        self._padded = np.zeros((rows + 2) * self._stride, np.int32)
        self._wide = np.zeros_like(self._padded)
        self._high = np.zeros_like(self._padded)
        self.blocks = self._inside(self._padded)
        self._sums = self._inside(self._high)
        self.sums = np.empty((rows, columns), np.int32)

    def _inside(self, padded: NDArray[np.int32]) -> NDArray[np.int32]:
        return padded.reshape(-1, self._stride)[1:-1, 1:-1]

    def add_up(self) -> NDArray[np.int32]:
        padded, wide, high, stride = self._padded, self._wide, self._high, self._stride
        np.add(padded[:-2], padded[2:], out=wide[1:-1])
        np.add(wide, padded, out=wide)
        np.add(wide[: -2 * stride], wide[2 * stride :], out=high[stride:-stride])
        np.add(high, wide, out=high)
        np.copyto(self.sums, self._sums)
        return self.sums


class Company:
    """Knows which blocks stand alone: drops of rain, flakes, grains of noise."""

    def __init__(self, rows: int, columns: int) -> None:
        self._around = Neighbourhood(rows, columns)
        self._enough = np.empty((rows, columns), np.bool_)

    def drop_scattered(self, blocks: NDArray[np.bool_]) -> int:
        """Clear the `blocks` with fewer than three others around them; the number of those left."""
        np.copyto(self._around.blocks, blocks)
        np.greater_equal(self._around.add_up(), _COMPANY, out=self._enough)
        np.logical_and(blocks, self._enough, out=blocks)
        return int(np.count_nonzero(blocks))
