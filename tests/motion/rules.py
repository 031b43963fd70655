"""What others do, written from their description: samples in, moving or not out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray


def pinthesky(frames: Iterable[NDArray[np.void]], sensitivity: int = 10) -> Iterator[bool]:
    """pinthesky, after picamera's manual: more than `sensitivity` vectors longer than 60, in any frame.

    The length is a float, cut to 0..255 and to a whole number.
    """
    for vectors in frames:
        length = np.sqrt(vectors["x"].astype(float) ** 2 + vectors["y"].astype(float) ** 2)
        whole = length.clip(0, 255).astype(np.uint8)
        yield int((whole > 60).sum()) > sensitivity


def picamera2(frames: Iterable[NDArray[np.uint8]]) -> Iterator[bool]:
    """picamera2's motion example: the mean of the squared differences of two frames is over 7.

    It subtracts and squares in uint8, which wraps: a difference of 16 counts as none.
    """
    before: NDArray[np.uint8] | None = None
    for luma in frames:
        yield before is not None and float(np.square(np.subtract(luma, before)).mean()) > 7
        before = luma
