"""An encoder's motion vectors in, the number of macroblocks that move out, by pinthesky's rule without its floats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class VectorBlocks:
    """Counts the vectors longer than `longest`, in the unit of the encoder, as pinthesky and picamera's manual do.

    They take trunc(sqrt(x^2 + y^2)) > 60 over every entry, the extra column included. That is x^2 + y^2 >= 61^2.
    The sum of squares reaches 32768, one more than an int16 holds: it is read as uint16.
    """

    def __init__(self, rows: int, columns: int, longest: int) -> None:
        self._least = np.uint16(min((longest + 1) ** 2, 0xFFFF))
        self._x = np.empty((rows, columns), np.int16)
        self._y = np.empty((rows, columns), np.int16)
        self._sum, self._other = self._x.view(np.uint16), self._y.view(np.uint16)
        self.moving = np.empty((rows, columns), np.bool_)
        """The macroblocks that moved in the sample read last."""

    def read(self, vectors: NDArray[np.void]) -> NDArray[np.bool_]:
        """Which entries of `vectors` (picamera's dtype) are longer than asked."""
        np.multiply(vectors["x"], vectors["x"], out=self._x, dtype=np.int16)
        np.multiply(vectors["y"], vectors["y"], out=self._y, dtype=np.int16)
        np.add(self._sum, self._other, out=self._sum)
        return np.greater_equal(self._sum, self._least, out=self.moving)
