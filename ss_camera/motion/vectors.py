"""An encoder's motion vectors in, the macroblocks that move out, and how many of them go on moving."""

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
        # "wrap", as "raise" would copy; the method, as the function takes half a microsecond to get there
        return self._table.take(self._index, out=self.moving, mode="wrap")


class Track:
    """Knows where blocks moved in the sample before: what moves goes on from there, drops of rain do not.

    A sample's blocks are the bits of one Python integer, row behind row: moving them all to a neighbour is
    one shift, which takes a tenth of a call of NumPy.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._columns = columns
        # the columns of all rows in which a bit may arrive that was moved by one, or by two: not over an edge
        self._right = [
            sum(((1 << columns) - (1 << by)) << row * columns for row in range(rows)) for by in (1, 2)
        ]
        self._left = [sum(((1 << columns - by) - 1) << row * columns for row in range(rows)) for by in (1, 2)]
        self._before = 0

    def going_on(self, blocks: NDArray[np.bool_]) -> int:
        """How many of `blocks` are within two blocks of one in the call before: as far as a body gets."""
        before = wide = self._before
        for by in (1, 2):
            wide |= before << by & self._right[by - 1] | before >> by & self._left[by - 1]
        near = wide
        for by in (self._columns, 2 * self._columns):
            near |= wide << by | wide >> by
        self._before = int.from_bytes(np.packbits(blocks, bitorder="little").tobytes(), "little")
        return (self._before & near).bit_count()


def _longer_than(longest: int) -> NDArray[np.bool_]:
    """For each pair of bytes (x, y), read as one 16-bit number. The greatest sum is 32768."""
    pairs = np.arange(0x10000, dtype="<u2").view(np.int8).reshape(-1, 2).astype(np.int32)
    return np.asarray((pairs**2).sum(axis=1) >= (longest + 1) ** 2)
