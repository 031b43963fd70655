"""An encoder's motion vectors in, the macroblocks that move out, by pinthesky's rule without its floats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class VectorBlocks:
    """Finds vectors longer than `longest`, in the unit of the encoder, as pinthesky and picamera's manual do.

    They take trunc(sqrt(x^2 + y^2)) > 60 over every entry, the extra column included: x^2 + y^2 >= 61^2,
    looked up by the two bytes of a vector.
    """

    def __init__(self, rows: int, columns: int, longest: int) -> None:
        self._table = _longer_than(longest)
        self._index = np.empty((rows, columns), np.intp)
        self.moving = np.empty((rows, columns), np.bool_)
        """The macroblocks that moved in the sample read last."""

    def read(self, vectors: NDArray[np.void]) -> NDArray[np.bool_]:
        """Which entries of `vectors` (picamera's dtype, rows without padding) are longer than asked."""
        np.copyto(self._index, vectors.view(np.uint16)[:, ::2])
        return np.take(self._table, self._index, out=self.moving, mode="wrap")


def _longer_than(longest: int) -> NDArray[np.bool_]:
    """For each pair of bytes (x, y), read as one 16-bit number. The greatest sum is 32768."""
    pairs = np.arange(0x10000, dtype="<u2").view(np.int8).reshape(-1, 2).astype(np.int32)
    return np.asarray((pairs**2).sum(axis=1) >= (longest + 1) ** 2)
