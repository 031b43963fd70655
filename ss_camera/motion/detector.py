"""Motion samples in, a judgement of each out: settling, light, or so many macroblocks that move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ss_camera.media import MotionSample
from ss_camera.motion.background import Background
from ss_camera.motion.cells import BLOCK_PX, CellSums
from ss_camera.motion.neighbours import Company
from ss_camera.motion.structure import Structure
from ss_camera.motion.vectors import Track, VectorBlocks
from ss_camera.motion.watched import watched
from ss_camera.settings.model import MotionSettings

_MACROBLOCK_PX = 16


@dataclass(frozen=True, slots=True)
class Motion:
    """What one sample shows.

    `blocks`: macroblocks of the video (16x16 pixels) that move, outside the mask. `moving`: more than
    `MOTION_SENSITIVITY` of them, in `MOTION_FRAMES` samples in a row. `veto`: so much changed at once that it
    was the light. `settling`: nothing is judged yet, after a start or a veto (`blocks` is 0 then).
    """

    blocks: int
    moving: bool
    veto: bool = False
    settling: bool = False


class Detector:
    """Judges samples of one video, in order, on one thread. `width` and `height` are the video's, in pixels.

    The kind and size of the samples may change; then, and when their time goes back, it begins anew.
    """

    def __init__(self, settings: MotionSettings, width: int, height: int) -> None:
        if width < _MACROBLOCK_PX or height < _MACROBLOCK_PX:
            raise ValueError(f"a video of {width}x{height} is smaller than one macroblock")
        self._settings = settings
        self._size = width, height
        self._last_us = -1
        self._row = 0
        self._luma: _LumaEye | None = None
        self._vectors: _VectorEye | None = None

    def feed(self, sample: MotionSample) -> Motion:
        """Judge `sample`."""
        began_anew = sample.pts_us < self._last_us
        self._last_us = sample.pts_us
        if sample.luma is not None:
            if began_anew or self._luma is None or self._luma.shape != sample.luma.shape:
                self._luma, self._vectors = _LumaEye(self._settings, self._size, sample.luma.shape), None
            motion = self._luma.look(sample.luma, sample.pts_us)
        elif sample.vectors is not None:
            if began_anew or self._vectors is None or self._vectors.shape != sample.vectors.shape:
                self._vectors, self._luma = _VectorEye(self._settings, self._size, sample.vectors.shape), None
            motion = self._vectors.look(sample.vectors, sample.pts_us)
        else:
            raise ValueError("a motion sample without luma and without vectors")
        return self._in_a_row(motion)

    def _in_a_row(self, motion: Motion) -> Motion:
        if not motion.moving:
            self._row = 0
            return motion
        self._row += 1
        return motion if self._row >= self._settings.frames else Motion(motion.blocks, False)


class _Judge:
    """Blocks that changed in, one sample's `Motion` out: mask, scale, veto and settling, for both eyes."""

    def __init__(self, settings: MotionSettings, watch: NDArray[np.bool_], scale: tuple[int, int]) -> None:
        """`scale`: macroblocks in a block, as a fraction of two whole numbers."""
        self._settings = settings
        self._watch = watch
        self._is_masked = settings.mask is not None
        self._scale, self._divisor = scale
        self._most = int(settings.global_share * np.count_nonzero(watch))
        self._settled_us: int | None = None

    def settling(self, pts_us: int) -> bool:
        if self._settled_us is None:
            self._settled_us = pts_us + round(self._settings.settle_s * 1e6)
        return pts_us < self._settled_us

    def mask(self, blocks: NDArray[np.bool_]) -> int:
        """Clear what is not watched; the number of blocks left."""
        if self._is_masked:
            np.logical_and(blocks, self._watch, out=blocks)
        return int(np.count_nonzero(blocks))

    def is_veto(self, count: int, pts_us: int) -> bool:
        if count <= self._most:
            return False
        self._settled_us = pts_us + round(self._settings.relearn_s * 1e6)
        return True

    def macroblocks(self, count: int) -> int:
        """Rounded up: then it is over a whole number exactly when the fraction is."""
        return -(-count * self._scale // self._divisor)

    def enough(self, count: int) -> bool:
        return self.macroblocks(count) > self._settings.sensitivity


class _LumaEye:
    """Sees motion as blocks that differ from the background."""

    def __init__(self, settings: MotionSettings, video: tuple[int, int], shape: tuple[int, ...]) -> None:
        self.shape = shape
        height, width = shape
        self._sums = CellSums(height, width)
        rows, columns = self._sums.rows, self._sums.columns
        watch = np.pad(watched(settings.mask, (rows, columns), (BLOCK_PX / height, BLOCK_PX / width)), 1)
        side = _MACROBLOCK_PX // BLOCK_PX
        self._judge = _Judge(settings, watch, (video[0] * video[1], width * height * side * side))
        self._background = Background(
            rows, columns, threshold=settings.threshold, adapt_us=round(settings.adapt_s * 1e6)
        )
        self._structure = Structure(rows, columns)
        self._over = np.empty((4, *watch.shape), np.bool_)
        self._blocks = np.empty(watch.shape, np.bool_)
        self._company = Company(self._blocks)
        self._empty = True

    def look(self, luma: NDArray[np.uint8], pts_us: int) -> Motion:
        cells = self._sums.read(luma)
        background, judge = self._background, self._judge
        if self._empty:
            background.learn(cells)
            self._empty = False
        background.compare(cells)
        if judge.settling(pts_us):
            background.adapt(pts_us, settling=True)
            background.learn(cells)
            return Motion(0, False, settling=True)
        count = self._candidates()
        if judge.is_veto(count, pts_us):
            background.learn(cells)
            return Motion(judge.macroblocks(count), False, veto=True)
        if judge.enough(count):
            count = self._solid()
        background.adapt(pts_us, settling=False)
        return Motion(judge.macroblocks(count), judge.enough(count))

    def _candidates(self) -> int:
        """Set `_blocks` to those watched with a cell over its threshold; how many they are."""
        over = self._over
        np.greater(self._background.distance, self._background.threshold, out=over)
        np.logical_or(over[:2], over[2:], out=over[:2])
        np.logical_or(over[0], over[1], out=self._blocks)
        return self._judge.mask(self._blocks)

    def _solid(self) -> int:
        """Keep the blocks that something solid explains; were there none, learn the light at once."""
        background, structure, blocks = self._background, self._structure, self._blocks
        count = self._company.drop_scattered()
        if not self._judge.enough(count):
            return count
        changed = structure.changed(background.level, background.difference, background.threshold)
        np.logical_and(blocks, changed, out=blocks)
        count = int(np.count_nonzero(blocks))
        if not self._judge.enough(count):
            background.approach(structure.relight(background.level))
        return count


class _VectorEye:
    """Sees motion as long vectors of the encoder."""

    def __init__(self, settings: MotionSettings, video: tuple[int, int], shape: tuple[int, ...]) -> None:
        self.shape = shape
        rows, columns = shape
        watch = watched(
            settings.mask, (rows, columns), (_MACROBLOCK_PX / video[1], _MACROBLOCK_PX / video[0])
        )
        self._judge = _Judge(settings, watch, (1, 1))
        self._blocks = VectorBlocks(rows, columns, settings.vector)
        self._track = Track(rows, columns)
        self._in_a_row = False

    def look(self, vectors: NDArray[np.void], pts_us: int) -> Motion:
        judge = self._judge
        if judge.settling(pts_us):
            return Motion(0, False, settling=True)
        blocks = self._blocks.read(vectors)
        count = judge.mask(blocks)
        if judge.is_veto(count, pts_us):
            self._in_a_row = False
            return Motion(count, False, veto=True)
        if not judge.enough(count):
            self._in_a_row = False
            return Motion(count, False)
        going_on = self._track.going_on(blocks)
        if self._in_a_row:
            count = going_on
        self._in_a_row = judge.enough(count)
        return Motion(count, self._in_a_row)
