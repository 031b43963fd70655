"""Blocks in, sums over the 3x3 around each out; and blocks without the scattered ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import whole

_COMPANY = whole(4, np.uint8)  # a block and three neighbours: any corner of two by two


class Neighbourhood:
    """Sums over 3x3 blocks of `values`, planes with a margin of zeros; of truth values, whether one is true.

    With the margin all rows stand behind each other, and a sum of neighbours is four additions of whole
    planes: row by row they take three times as long. In the margin of `sums` is nothing that makes sense.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        stride = values.shape[-1]
        self.values, self.sums = values, np.zeros_like(values)
        flat, wide, high = values.reshape(-1), np.zeros_like(values).reshape(-1), self.sums.reshape(-1)
        self._flat, self._wide, self._high = flat, wide, high
        self._sides = flat[:-2], flat[2:], wide[1:-1]
        self._rows = wide[: -2 * stride], wide[2 * stride :], high[stride:-stride]

    def add_up(self) -> NDArray[Any]:
        """The sums of what stands in `values` now."""
        left, right, middle = self._sides
        np.add(left, right, out=middle)
        np.add(self._wide, self._flat, out=self._wide)
        above, below, middle = self._rows
        np.add(above, below, out=middle)
        np.add(self._high, self._wide, out=self._high)
        return self.sums


class Company:
    """Knows which of `blocks` stand alone: drops of rain, flakes, grains of noise."""

    def __init__(self, blocks: NDArray[np.bool_]) -> None:
        self._blocks = blocks
        self._around = Neighbourhood(blocks.view(np.uint8))
        self._enough = np.empty_like(blocks)

    def drop_scattered(self) -> int:
        """Clear the blocks with fewer than three others around them; the number of those left."""
        np.greater_equal(self._around.add_up(), _COMPANY, out=self._enough)
        np.logical_and(self._blocks, self._enough, out=self._blocks)
        return int(np.count_nonzero(self._blocks))
