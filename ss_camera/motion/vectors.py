"""An encoder's motion vectors in, the macroblocks that move out, and how many of them go on moving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.motion.cells import INSIDE
from ss_camera.motion.neighbours import Neighbourhood


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


class Track:
    """Knows where blocks moved in the sample before: what moves goes on from there, drops of rain do not."""

    def __init__(self, rows: int, columns: int) -> None:
        self._near = Neighbourhood(np.zeros((rows + 2, columns + 2), np.bool_))
        self._around = Neighbourhood(self._near.sums)
        self._both = np.empty((rows, columns), np.bool_)

    def note(self, blocks: NDArray[np.bool_]) -> None:
        """Keep where they are, for the next sample."""
        np.copyto(self._near.values[INSIDE], blocks)

    def going_on(self, blocks: NDArray[np.bool_]) -> int:
        """How many of `blocks` are within two blocks of one noted: as far as a body gets in a sample."""
        self._near.add_up()
        np.logical_and(blocks, self._around.add_up()[INSIDE], out=self._both)
        return int(np.count_nonzero(self._both))


def _longer_than(longest: int) -> NDArray[np.bool_]:
    """For each pair of bytes (x, y), read as one 16-bit number. The greatest sum is 32768."""
    pairs = np.arange(0x10000, dtype="<u2").view(np.int8).reshape(-1, 2).astype(np.int32)
    return np.asarray((pairs**2).sum(axis=1) >= (longest + 1) ** 2)
