"""Cells in, their difference from a running background out; the background follows light and forgets what stays.

All values are in 1/256 luma (`cells.ONE`), all steps integer and into buffers made once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import ONE, Cells

GAIN_BITS = 10
_STEADY = 3  # 0.3 %: noise; what is smaller goes into the background with time
_APPROACH = 2
UNITY = 1 << GAIN_BITS
"""A gain of 1: the light did not change."""
_LEVELS = np.int32(255 * ONE)
_DARK = np.int32(4 * ONE)  # added on both sides of a ratio, which would be noise in black cells
_TICK_US = 100_000  # the background moves at most ten times a second, whatever the frame rate
_NOISE_FACTOR = np.int32(6)  # six times the median of |difference| is four sigma of normal noise
_NOISE_STEP = ONE  # the noise follows by one level a second
_NOISE_STEP_SETTLING = 8 * ONE


class Background:
    """What each cell looks like when nothing moves, and how much it flickers.

    `threshold` in luma is the least difference that counts; `adapt_us` is the time constant
    by which a small lasting difference goes into the background.
    """

    def __init__(self, rows: int, columns: int, *, threshold: int, adapt_us: int) -> None:
        shape = (4, rows, columns)
        self._limit = np.int32(threshold * ONE)
        self._adapt_us = adapt_us
        self.level: Cells = np.zeros(shape, np.int32)
        self.noise: Cells = np.zeros(shape, np.int32)
        self.threshold: Cells = np.full(shape, self._limit, np.int32)
        self.difference: Cells = np.zeros(shape, np.int32)
        self.distance: Cells = np.zeros(shape, np.int32)
        self._step: Cells = np.empty(shape, np.int32)
        self._seen = self.level[0, ::2, ::2]
        self._ratio = np.empty(self._seen.shape, np.int32)
        self._divisor = np.empty(self._seen.shape, np.int32)
        self._ratios = self._ratio.reshape(-1)
        self._ticked_us: int | None = None

    def follow(self, cells: Cells) -> None:
        """Take a change of the light as a whole into the background, which keeps all local differences.

        It is the median over a sixteenth of the cells: what moves covers less than half of them. Light and
        exposure multiply luma (a power law keeps a factor a factor), glare and fog add to it: the one that leaves
        less is taken.
        """
        seen, now = self._seen, cells[0, ::2, ::2]
        gain = self._median_ratio(now)
        if abs(gain - UNITY) <= _STEADY:
            return
        np.subtract(now, seen, out=self._ratio)
        self._ratios.sort()
        shift = self._ratios[self._ratios.size // 2]
        np.add(seen, shift, out=self._divisor)
        added = self._misfit(now)
        np.multiply(seen, np.int32(gain), out=self._divisor)
        np.right_shift(self._divisor, GAIN_BITS, out=self._divisor)
        if self._misfit(now) <= added:
            np.multiply(self.level, np.int32(gain), out=self.level)
            np.right_shift(self.level, GAIN_BITS, out=self.level)
        else:
            np.add(self.level, shift, out=self.level)
        np.minimum(self.level, _LEVELS, out=self.level)
        np.maximum(self.level, 0, out=self.level)

    def _median_ratio(self, now: NDArray[np.int32]) -> int:
        """In 1/1024."""
        np.add(now, _DARK, out=self._ratio)
        np.add(self._seen, _DARK, out=self._divisor)
        np.left_shift(self._ratio, GAIN_BITS, out=self._ratio)
        np.floor_divide(self._ratio, self._divisor, out=self._ratio)
        self._ratios.sort()
        return int(self._ratios[self._ratios.size // 2])

    def _misfit(self, now: NDArray[np.int32]) -> int:
        """What is left between `now` and the prediction in `_divisor`; half the cells may be anything."""
        np.minimum(self._divisor, _LEVELS, out=self._divisor)  # a white sky stays white
        np.subtract(now, self._divisor, out=self._ratio)
        np.absolute(self._ratio, out=self._ratio)
        self._ratios.sort()
        return int(self._ratios[self._ratios.size * 3 // 4])

    def compare(self, cells: Cells) -> None:
        """Set `difference` and its absolute value `distance` for `cells`."""
        np.subtract(cells, self.level, out=self.difference)
        np.absolute(self.difference, out=self.distance)

    def learn(self, cells: Cells) -> None:
        """Take `cells` as the background at once."""
        np.copyto(self.level, cells)

    def approach(self, level: Cells) -> None:
        """Go part of the way to `level`: a lamp is learnt in a few samples, a flicker is averaged."""
        np.subtract(level, self.level, out=self._step)
        np.right_shift(self._step, _APPROACH, out=self._step)
        np.add(self.level, self._step, out=self.level)

    def adapt(self, pts_us: int, *, settling: bool) -> None:
        """Move background and noise a step towards what `compare` saw, by the time since the last step."""
        if self._ticked_us is None or pts_us < self._ticked_us:
            self._ticked_us = pts_us
        passed_us = pts_us - self._ticked_us
        if passed_us < _TICK_US:
            return
        self._ticked_us = pts_us
        self._adapt_noise(min(passed_us, 1_000_000), settling=settling)
        if settling:
            return
        # a difference pulls by the threshold at most: something that stops for a few seconds leaves no ghost
        np.minimum(self.difference, self._limit, out=self._step)
        np.maximum(self._step, -self._limit, out=self._step)
        np.right_shift(self._step, _halvings(self._adapt_us, passed_us), out=self._step)
        np.add(self.level, self._step, out=self.level)

    def _adapt_noise(self, passed_us: int, *, settling: bool) -> None:
        """Steps of one size whatever the difference lead to its median, which a passer-by hardly moves.

        Sigma-delta estimation: Manzanera and Richefeu, "A new motion detection algorithm", 2007.
        """
        step = np.int32((_NOISE_STEP_SETTLING if settling else _NOISE_STEP) * passed_us // 1_000_000)
        np.subtract(self.distance, self.noise, out=self._step)
        np.minimum(self._step, step, out=self._step)
        np.maximum(self._step, -step, out=self._step)
        np.add(self.noise, self._step, out=self.noise)
        np.multiply(self.noise, _NOISE_FACTOR, out=self.threshold)
        np.maximum(self.threshold, self._limit, out=self.threshold)


def _halvings(adapt_us: int, passed_us: int) -> int:
    """The shift that comes nearest to the share `passed_us / adapt_us`, from 1 to 8."""
    return min(8, max(1, (adapt_us // max(1, passed_us)).bit_length() - 1))
