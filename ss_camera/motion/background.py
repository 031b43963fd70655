"""Cells in, their difference from a running background out; it follows light and forgets what stays.

All values are in 1/256 luma (`cells.ONE`), all steps integer and into buffers made once.
"""

from __future__ import annotations

import numpy as np

from ss_camera.motion.cells import INSIDE, ONE, Cells, whole
from ss_camera.motion.light import GAIN_BITS, UNITY, WHITE, Light

_APPROACH = whole(2)  # halvings
_GAIN_BITS, _WHITE = whole(GAIN_BITS), whole(WHITE)
_DIMMED = UNITY * 19 // 20
_HALVINGS = [whole(number) for number in range(9)]
_STEADY = ONE // 2
_TICK_US = 100_000  # the background moves at most ten times a second, whatever the frame rate
_NOISE_FACTOR = whole(6)  # six times the median of |difference| is four sigma of normal noise
_NOISE_STEP = ONE  # the noise follows by one level a second
_NOISE_STEP_SETTLING = 8 * ONE


class Background:
    """What each cell looks like when nothing moves, and how much it flickers.

    `threshold` in luma is the least difference that counts; `adapt_us` is the time constant
    by which a small lasting difference goes into the background.
    """

    def __init__(self, rows: int, columns: int, *, threshold: int, adapt_us: int) -> None:
        shape = (4, rows + 2, columns + 2)
        # limits are arrays: NumPy's minimum with a number takes three times as long
        self._limit = np.full(shape, threshold * ONE, np.int32)
        self._lower = -self._limit
        self._levels = np.zeros(shape, np.int32)
        self._levels[INSIDE] = 255 * ONE  # and the margin stays empty, whatever is added
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
        self._few = rows * columns // 8
        self._lighter = np.full(shape[1:], _STEADY, np.int32)
        self._darker = -self._lighter
        self._changed = np.empty(shape[1:], np.bool_)
        self._noise_us = self._level_us = -1

    def compare(self, cells: Cells) -> None:
        """Set `difference` and its absolute value `distance` for `cells`.

        Before that the background takes a change of the light as a whole, and keeps all local differences.
        """
        np.subtract(cells, self.level, out=self.difference)
        if self._is_unsteady() and self._follow(cells):
            np.subtract(cells, self.level, out=self.difference)
        np.absolute(self.difference, out=self.distance)

    def _is_unsteady(self) -> bool:
        """Whether many more blocks became lighter than darker, or the reverse: noise does both alike."""
        first, changed = self.difference[0], self._changed
        np.greater(first, self._lighter, out=changed)
        lighter = np.count_nonzero(changed)
        np.less(first, self._darker, out=changed)
        return abs(int(lighter) - int(np.count_nonzero(changed))) > self._few

    def _follow(self, cells: Cells) -> bool:
        gain, shift = self._light.change(self.level, cells)
        if shift:
            np.add(self.level, whole(shift), out=self.level)
            self._cut_off()
        elif gain != UNITY:
            self._multiply(gain, cells)
        return bool(shift) or gain != UNITY

    def _multiply(self, gain: int, cells: Cells) -> None:
        dimmed = gain < _DIMMED
        if dimmed:
            np.greater_equal(self.level, _WHITE, out=self._white)
        np.multiply(self.level, whole(gain), out=self.level)
        np.right_shift(self.level, _GAIN_BITS, out=self.level)
        if gain > UNITY:
            np.minimum(self.level, self._levels, out=self.level)
        elif dimmed and self._white.any():
            # white was cut off and may have been lighter: how light shows only now
            np.maximum(self.level, cells, out=self.level, where=self._white)

    def _cut_off(self) -> None:
        np.minimum(self.level, self._levels, out=self.level)
        np.maximum(self.level, self._black, out=self.level)

    def learn(self, cells: Cells) -> None:
        """Take `cells` as the background at once."""
        np.copyto(self.level, cells)

    def approach(self, level: Cells) -> None:
        """Go part of the way to `level`: a lamp is learnt in a few samples, a flicker is averaged."""
        np.subtract(level, self.level, out=self._step)
        np.right_shift(self._step, _APPROACH, out=self._step)
        np.add(self.level, self._step, out=self.level)
        self._cut_off()

    def adapt(self, pts_us: int, *, settling: bool) -> None:
        """Move noise or background towards what `compare` saw, by the time since its last step: by turns.

        Both in one sample would make it a fifth slower than the others.
        """
        if self._noise_us < 0:
            self._noise_us = self._level_us = pts_us
        if settling:  # and the level is learnt with each sample
            self._level_us = pts_us
        noise_us, level_us = pts_us - self._noise_us, pts_us - self._level_us
        if max(noise_us, level_us) < _TICK_US:
            return
        if noise_us >= level_us:
            self._noise_us = pts_us
            self._adapt_noise(min(noise_us, 1_000_000), settling=settling)
        else:
            self._level_us = pts_us
            self._adapt_level(level_us)

    def _adapt_level(self, passed_us: int) -> None:
        # a difference pulls by the threshold at most: something that stops for a few seconds leaves no ghost
        np.minimum(self.difference, self._limit, out=self._step)
        np.maximum(self._step, self._lower, out=self._step)
        np.right_shift(self._step, _HALVINGS[_halvings(self._adapt_us, passed_us)], out=self._step)
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
