"""A luma plane in, the sums of its 4x4 cells out, in fixed point and without an allocation.

A cell is a quarter of a block, and a block is 8x8 luma pixels: a macroblock of 16x16, where the luma has
half the video's size. The mean of 16 pixels has a quarter of the sensor's noise, and hardly sees a raindrop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK_PX = 8
"""Luma pixels along a block's side."""
CELL_PX = 4
"""Luma pixels along a cell's side."""
ONE = 256
"""One level of luma (0..255) in a cell's fixed point."""

Cells = NDArray[np.int32]
"""Shape (4, rows, columns) in 1/256 luma: the four cells of each block stand in planes behind each other,
so that every later step runs over whole rows and a block's cells meet along the first axis."""


class CellSums:
    """Reads luma planes of one size into one buffer.

    `rows` and `columns` count whole blocks; up to 7 pixels at the right and bottom edges belong to no block.
    """

    def __init__(self, height: int, width: int) -> None:
        self.rows, self.columns = height // BLOCK_PX, width // BLOCK_PX
        height, width = self.rows * BLOCK_PX, self.columns * BLOCK_PX
        self._height, self._width = height, width
        self._plane = np.empty((height, width), np.uint8)
        self._even = np.empty((height, width // 2), np.uint16)
        self._odd = np.empty_like(self._even)
        self._fours = [self._even[row::CELL_PX] for row in range(CELL_PX)]
        self._pairs = np.empty((height // CELL_PX, width // 2), np.uint16)
        self._low = np.empty((height // CELL_PX, width // CELL_PX), np.uint32)
        self._planes = self._low.reshape(self.rows, 2, self.columns, 2).transpose(1, 3, 0, 2)
        self._sums = np.empty((2, 2, self.rows, self.columns), np.uint32)
        self.cells: Cells = self._sums.view(np.int32).reshape(4, self.rows, self.columns)
        """The cells of the plane read last."""

    def read(self, luma: NDArray[np.uint8]) -> Cells:
        """The cells of `luma`; its rows may be padded, its memory may have any strides.

        Neighbouring pixels are added as the two bytes of a 16-bit word, then words as the halves of a
        32-bit one: whole rows at a time, where a reduction over 4x4 windows takes four times as long.
        """
        luma = luma[: self._height, : self._width]
        if not luma.flags.c_contiguous:  # strided reading three times costs more than one copy
            np.copyto(self._plane, luma)
            luma = self._plane
        words = luma.view(np.uint16)
        even, pairs, fours = self._even, self._pairs, self._fours
        np.bitwise_and(words, _BYTE, out=even)
        np.right_shift(words, _BYTE_BITS, out=self._odd)
        np.add(even, self._odd, out=even)
        np.add(fours[0], fours[1], out=pairs)
        np.add(pairs, fours[2], out=pairs)
        np.add(pairs, fours[3], out=pairs)
        halves = pairs.view(np.uint32)
        np.right_shift(halves, _WORD_BITS, out=self._low)
        np.bitwise_and(halves, _WORD, out=halves)
        np.add(self._low, halves, out=self._low)
        np.left_shift(self._low, _SIXTEENTHS, out=self._low)
        np.copyto(self._sums, self._planes)
        return self.cells


# typed, so that no step is widened to 64 bits
_BYTE, _BYTE_BITS = np.uint16(0xFF), np.uint16(8)
_WORD, _WORD_BITS = np.uint32(0xFFFF), np.uint32(16)
_SIXTEENTHS = np.uint32(4)  # a sum of 16 pixels, times 16: 1/256 luma
