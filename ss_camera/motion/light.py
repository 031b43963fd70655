"""Cells of before and now in, how the light of the whole picture changed out: a factor or a sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells, whole

GAIN_BITS = 10
UNITY = 1 << GAIN_BITS
"""A gain of 1."""
WHITE = 250 * ONE
"""From here on the camera cut something off: white tells nothing of the light."""
_STEADY = 3  # 0.3 %: noise; what is smaller goes into the background with time
_DARK = 4 * ONE  # added to both sides of a ratio, which would be noise in black cells
_DARK_PLANE, _WHITE_PLANE = whole(_DARK), whole(WHITE + _DARK)
_GAIN_BITS = whole(GAIN_BITS)
_LAST = whole(1 << 20)  # a cell that sorts behind every valid one, by its factor and by its difference
_SIXTEENTH = 0, slice(1, -1, 2), slice(1, -1, 2)  # without the margin


class Light:
    """Medians over a sixteenth of the cells: what moves covers less than half of them.

    Light and exposure multiply luma (a power law keeps a factor a factor), glare and fog add to it.
    """

    def __init__(self, rows: int, columns: int) -> None:
        shape = (-(-rows // 2), -(-columns // 2))
        self._seen, self._now = np.empty(shape, np.int32), np.empty(shape, np.int32)
        self._values = np.empty(shape, np.int32)
        self._sorted = self._values.reshape(-1)
        self._cut_off = np.empty(shape, np.bool_)
        self._valid = 0

    def change(self, level: Cells, cells: Cells) -> tuple[int, int]:
        """(gain in 1/1024, shift in 1/256 luma) from `level` to `cells`; one of them is neutral.

        Of the two models the one is taken that leaves less of the picture unexplained.
        """
        seen, now, values = self._seen, self._now, self._values
        np.add(level[_SIXTEENTH], _DARK_PLANE, out=seen)
        np.add(cells[_SIXTEENTH], _DARK_PLANE, out=now)
        self._leave_out_white(seen, now)
        np.left_shift(now, _GAIN_BITS, out=values)
        np.floor_divide(values, seen, out=values)
        gain = self._quantile(2) if self._valid else UNITY
        if abs(gain - UNITY) <= _STEADY:
            return UNITY, 0
        np.multiply(seen, whole(gain), out=values)
        np.right_shift(values, _GAIN_BITS, out=values)
        np.subtract(now, values, out=values)
        # the gain is that of luma, which has no _DARK in it
        multiplied = self._misfit(values, _DARK - (_DARK * gain >> GAIN_BITS))
        if multiplied <= ONE:  # a factor explains the picture to a level
            return gain, 0
        np.subtract(now, seen, out=values)
        shift = self._quantile(2)
        return (UNITY, shift) if self._misfit(values, shift) < multiplied else (gain, 0)

    def _leave_out_white(self, seen: NDArray[np.int32], now: NDArray[np.int32]) -> None:
        """What is cut off before or now sorts behind the rest from here on."""
        np.maximum(seen, now, out=self._values)
        np.greater_equal(self._values, _WHITE_PLANE, out=self._cut_off)
        cut_off = int(np.count_nonzero(self._cut_off))
        self._valid = self._sorted.size - cut_off
        if cut_off:
            np.copyto(now, _LAST, where=self._cut_off)

    def _misfit(self, values: NDArray[np.int32], expected: int) -> int:
        """The third quartile of the distance of `values` from `expected`."""
        np.subtract(values, whole(expected), out=values)
        np.absolute(values, out=values)
        return self._quantile(3)

    def _quantile(self, quarters: int) -> int:
        """Of `_values` where nothing is cut off: 2 quarters are the median. Sorts them."""
        self._sorted.sort()
        return int(self._sorted[self._valid * quarters // 4])
