"""Cells in, their difference from a running background out; it follows light and forgets what stays.

All values are in 1/256 luma (`cells.ONE`), all steps integer and into buffers made once.
"""

from __future__ import annotations

import numpy as np

from ss_camera.motion.cells import ONE, Cells
from ss_camera.motion.light import GAIN_BITS, UNITY, WHITE, Light

_APPROACH = 2  # halvings
_DIMMED = UNITY * 19 // 20
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
        # limits are arrays: NumPy's minimum with a number takes three times as long
        self._limit = np.full(shape, threshold * ONE, np.int32)
        self._lower = -self._limit
        self._levels = np.full(shape, 255 * ONE, np.int32)
        self._black = np.zeros(shape, np.int32)
        self._noise_most = np.zeros(shape, np.int32)
        self._noise_least = np.zeros(shape, np.int32)
        self._noise_step = 0
        self._adapt_us = adapt_us
        self.level: Cells = np.zeros(shape, np.int32)
        self.noise: Cells = np.zeros(shape, np.int32)
        self.threshold: Cells = self._limit.copy()
        self.difference: Cells = np.zeros(shape, np.int32)
        self.distance: Cells = np.zeros(shape, np.int32)
        self._step: Cells = np.empty(shape, np.int32)
        self._white = np.empty(shape, np.bool_)
        self._light = Light(rows, columns)
        self._ticked_us: int | None = None

    def follow(self, cells: Cells) -> None:
        """Take a change of the light as a whole into the background, which keeps all local differences."""
        gain, shift = self._light.change(self.level, cells)
        if gain == UNITY and shift == 0:
            return
        if shift:
            np.add(self.level, np.int32(shift), out=self.level)
        else:
            self._multiply(gain, cells)
        np.minimum(self.level, self._levels, out=self.level)
        np.maximum(self.level, self._black, out=self.level)

    def _multiply(self, gain: int, cells: Cells) -> None:
        dimmed = gain < _DIMMED
        if dimmed:
            np.greater_equal(self.level, WHITE, out=self._white)
        np.multiply(self.level, np.int32(gain), out=self.level)
        np.right_shift(self.level, GAIN_BITS, out=self.level)
        if dimmed:  # white was cut off and may have been lighter: how light shows only now
            np.maximum(self.level, cells, out=self.level, where=self._white)

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
        np.maximum(self._step, self._lower, out=self._step)
        np.right_shift(self._step, _halvings(self._adapt_us, passed_us), out=self._step)
        np.add(self.level, self._step, out=self.level)

    def _adapt_noise(self, passed_us: int, *, settling: bool) -> None:
        """Steps of one size whatever the difference lead to its median, which a passer-by hardly moves.

        Sigma-delta estimation: Manzanera and Richefeu, "A new motion detection algorithm", 2007.
        """
        step = (_NOISE_STEP_SETTLING if settling else _NOISE_STEP) * passed_us // 1_000_000
        if step != self._noise_step:
            self._noise_step = step
            self._noise_most.fill(step)
            self._noise_least.fill(-step)
        np.subtract(self.distance, self.noise, out=self._step)
        np.minimum(self._step, self._noise_most, out=self._step)
        np.maximum(self._step, self._noise_least, out=self._step)
        np.add(self.noise, self._step, out=self.noise)
        np.multiply(self.noise, _NOISE_FACTOR, out=self.threshold)
        np.maximum(self.threshold, self._limit, out=self.threshold)


def _halvings(adapt_us: int, passed_us: int) -> int:
    """The shift nearest to the share `passed_us / adapt_us`, from 1 to 8; 181/128 is the square root of 2."""
    return min(8, max(1, (adapt_us * 181 // (passed_us * 128)).bit_length() - 1))
