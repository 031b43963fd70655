"""Cells of before and now in, how the light of the whole picture changed out: a factor or a sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells

GAIN_BITS = 10
UNITY = 1 << GAIN_BITS
"""A gain of 1."""
WHITE = np.int32(250 * ONE)
"""From here on the camera cut something off: white tells nothing of the light."""
_DARK = np.int32(4 * ONE)  # added on both sides of a ratio, which would be noise in black cells
_STEADY = 3  # 0.3 %: noise; what is smaller goes into the background with time
_LEVELS = np.int32(255 * ONE)
_LAST = np.int32(0x7FFF_FFFF)  # sorts behind every valid value


class Light:
    """Medians over a sixteenth of the cells: what moves covers less than half of them.

    Light and exposure multiply luma (a power law keeps a factor a factor), glare and fog add to it.
    """

    def __init__(self, rows: int, columns: int) -> None:
        shape = (-(-rows // 2), -(-columns // 2))
        self._values = np.empty(shape, np.int32)
        self._sorted = self._values.reshape(-1)
        self._expected = np.empty(shape, np.int32)
        self._cut_off = np.zeros(shape, np.bool_)
        self._also = np.empty(shape, np.bool_)
        self._valid = 0

    def change(self, level: Cells, cells: Cells) -> tuple[int, int]:
        """(gain in 1/1024, shift in 1/256 luma) from `level` to `cells`; one of them is neutral.

        Of the two models the one is taken that leaves less of the picture unexplained.
        """
        seen, now = level[0, ::2, ::2], cells[0, ::2, ::2]
        np.greater_equal(seen, WHITE, out=self._cut_off)
        self._valid = self._sorted.size - int(np.count_nonzero(self._cut_off))
        if abs(self._gain(seen, now) - UNITY) <= _STEADY:
            return UNITY, 0
        np.greater_equal(now, WHITE, out=self._also)
        np.logical_or(self._cut_off, self._also, out=self._cut_off)
        self._valid = self._sorted.size - int(np.count_nonzero(self._cut_off))
        if not self._valid:
            return UNITY, 0
        gain = self._gain(seen, now)
        np.multiply(seen, np.int32(gain), out=self._expected)
        np.right_shift(self._expected, GAIN_BITS, out=self._expected)
        multiplied = self._misfit(now)
        np.subtract(now, seen, out=self._values)
        shift = self._quantile(2)
        np.add(seen, np.int32(shift), out=self._expected)
        return (UNITY, shift) if self._misfit(now) < multiplied else (gain, 0)

    def _gain(self, seen: NDArray[np.int32], now: NDArray[np.int32]) -> int:
        np.add(now, _DARK, out=self._values)
        np.add(seen, _DARK, out=self._expected)
        np.left_shift(self._values, GAIN_BITS, out=self._values)
        np.floor_divide(self._values, self._expected, out=self._values)
        return self._quantile(2) if self._valid else UNITY

    def _misfit(self, now: NDArray[np.int32]) -> int:
        """The third quartile of what `_expected` leaves."""
        np.minimum(self._expected, _LEVELS, out=self._expected)
        np.subtract(now, self._expected, out=self._values)
        np.absolute(self._values, out=self._values)
        return self._quantile(3)

    def _quantile(self, quarters: int) -> int:
        """Of `_values` where nothing is cut off: 2 quarters are the median. Sorts them."""
        np.copyto(self._values, _LAST, where=self._cut_off)
        self._sorted.sort()
        return int(self._sorted[self._valid * quarters // 4])
