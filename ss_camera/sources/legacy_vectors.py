"""What picamera writes of motion vectors in, one motion sample a frame out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ss_camera.media import MotionSample
from ss_camera.sources.base import OnMotion
from ss_camera.sources.legacy_packets import Gate

DTYPE = np.dtype([("x", "i1"), ("y", "i1"), ("sad", "<u2")])
"""Of an entry, as in picamera's `array` module and in `MotionSample`."""
_MACROBLOCK_PX = 16


class VectorOutput:
    """A file-like object that picamera writes motion vectors to, after the frame that they belong to.

    `width` and `height` are those of the video in pixels. One sample a frame: they cost nothing, where luma
    would have to be scaled, and each vector tells of the time since the frame before.
    """

    def __init__(
        self, width: int, height: int, times: Callable[[], tuple[int, int]], gate: Gate, on_motion: OnMotion
    ) -> None:
        # the firmware gives one column more than there are macroblocks
        self._shape = -(-height // _MACROBLOCK_PX), -(-width // _MACROBLOCK_PX) + 1
        self._bytes = self._shape[0] * self._shape[1] * DTYPE.itemsize
        self._times = times
        self._gate = gate
        self._on_motion = on_motion
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        """One piece. Called by the encoder's thread; `times` gives those of its newest frame."""
        self._data += data
        if len(self._data) >= self._bytes:
            whole, self._data = bytes(self._data), bytearray()
            if len(whole) == self._bytes:  # of any other length it is not known what belongs where
                vectors = np.frombuffer(whole, DTYPE).reshape(self._shape)
                with self._gate.lock:
                    if self._gate.is_open:
                        self._on_motion(MotionSample(*self._times(), vectors=vectors))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back that could be."""
