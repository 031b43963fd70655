"""A mask and a grid of blocks in, the blocks that are watched out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.settings.model import MotionMask

_POINTS = 8  # along a block's side: half of 64 points decides


def watched(mask: MotionMask | None, shape: tuple[int, int], block: tuple[float, float]) -> NDArray[np.bool_]:
    """Blocks of which the mask ignores less than half; all of them without a mask.

    `shape` is (rows, columns); `block` is the height and width of a block in shares of the picture. A block
    outside the picture (picamera's extra column) goes with the one at the edge.
    """
    rows, columns = shape
    if mask is None:
        return np.ones(shape, np.bool_)
    y, x = (
        np.minimum((np.arange(count * _POINTS) + 0.5) / _POINTS * side, 1 - 1e-9)
        for count, side in zip(shape, block, strict=True)
    )
    ignored = np.zeros((y.size, x.size), np.bool_)
    for left, top, width, height in mask.rectangles:
        ignored |= np.outer((y >= top) & (y < top + height), (x >= left) & (x < left + width))
    if mask.picture:
        picture = np.frombuffer(mask.picture, np.uint8).reshape(mask.picture_height, mask.picture_width)
        seen = picture[np.ix_((y * mask.picture_height).astype(int), (x * mask.picture_width).astype(int))]
        ignored |= seen == 0
    share = ignored.reshape(rows, _POINTS, columns, _POINTS).mean(axis=(1, 3))
    return np.asarray(share < 0.5)
