"""A luma plane in, the sums of its 4x4 cells out, in fixed point and without an allocation.

A cell is a quarter of a block, and a block is 8x8 luma pixels: a macroblock of 16x16, where the luma has
half the video's size. The mean of 16 pixels has a quarter of the sensor's noise, and hardly sees a raindrop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK_PX = 8
"""Luma pixels along a block's side."""
CELL_PX = 4
"""Luma pixels along a cell's side."""
ONE = 256
"""One level of luma (0..255) in a cell's fixed point."""

Cells = NDArray[np.int32]
"""Shape (4, rows + 2, columns + 2) in 1/256 luma: the four cells of each block stand in planes behind each
other, so that every later step runs over whole planes and a block's cells meet along the first axis. Around
each plane is a margin of zeros, so that sums of neighbours need no case of their own at the edges."""
INSIDE = (..., slice(1, -1), slice(1, -1))
"""An index: planes without their margin."""


def whole(number: int, dtype: DTypeLike = np.int32) -> NDArray[np.int32]:
    """A constant for arithmetic with planes, in their type.

    NumPy takes half a microsecond longer for a number, and for one of its own scalars, than for an array
    without an axis. (Not for `minimum` and `maximum`, which are only fast with arrays of one shape.)
    """
    return np.array(number, dtype)


class CellSums:
    """Reads luma planes of one size into one buffer.

    `rows` and `columns` count whole blocks; up to 7 pixels at the right and bottom edges belong to no block.
    """

    def __init__(self, height: int, width: int) -> None:
        self.rows, self.columns = height // BLOCK_PX, width // BLOCK_PX
        self._height, self._width = self.rows * BLOCK_PX, self.columns * BLOCK_PX
        half = self._width // 2
        self._plane = np.empty((self._height, self._width), np.uint8)
        self._even = even = np.empty(self._height * half, np.uint16)
        self._odd = odd = np.empty_like(even)
        self._words = even.reshape(-1, half), odd.reshape(-1, half)
        # to and fro: NumPy copies an input that overlaps the output elsewhere
        self._one_row = even[:-half], even[half:], odd[:-half]
        self._two_rows = odd[: -2 * half], odd[2 * half :], even[: -2 * half]
        self._fours = even.reshape(-1, CELL_PX, half)[:, 0]
        self._pairs = np.empty(self._fours.shape, np.uint16)
        sums = np.empty_like(self._pairs)
        pairs = self._pairs.reshape(-1)
        self._to_right = pairs[:-1], pairs[1:], sums.reshape(-1)[:-1]
        self.cells: Cells = np.zeros((4, self.rows + 2, self.columns + 2), np.int32)
        """The cells of the plane read last."""
        corners = sums.reshape(self.rows, 2, self.columns, 2, 2)[..., 0]
        self._corners = corners.transpose(1, 3, 0, 2)
        self._inside = self.cells.reshape(2, 2, self.rows + 2, self.columns + 2)[INSIDE]

    def read(self, luma: NDArray[np.uint8]) -> Cells:
        """The cells of `luma`; its rows may be padded, its memory may have any strides.

        All steps but the last run over the whole plane as one row: sums of four rows are made for each row
        and of neighbours for each pixel, and most are thrown away. NumPy takes 2 us for a plane, and 3 for a
        quarter of it, row by row.
        """
        if luma.shape != self._plane.shape:
            luma = luma[: self._height, : self._width]
        if not luma.flags.c_contiguous:  # strided reading three times costs more than one copy
            np.copyto(self._plane, luma)
            luma = self._plane
        words = luma.view(np.uint16)  # two pixels each
        even, odd = self._words
        np.bitwise_and(words, _BYTE, out=even)
        np.right_shift(words, _BYTE_BITS, out=odd)
        np.add(self._even, self._odd, out=self._even)
        for first, second, both in (self._one_row, self._two_rows):
            np.add(first, second, out=both)
        np.copyto(self._pairs, self._fours)
        first, second, both = self._to_right
        np.add(first, second, out=both)
        np.copyto(self._inside, self._corners)
        return np.left_shift(self.cells, _SIXTEENTHS, out=self.cells)


_BYTE, _BYTE_BITS = whole(0xFF, np.uint16), whole(8, np.uint16)
_SIXTEENTHS = whole(4)  # a sum of 16 pixels, times 16: 1/256 luma
